public import Access

extension PolicyAuthorizer.Wording {
    /// As upstream's service words a refusal.
    public static let placement = Self { "Policy does not allow \($0) to be performed." }
}
