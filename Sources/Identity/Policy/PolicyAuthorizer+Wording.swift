public import Access

extension PolicyAuthorizer.Wording {
    /// As upstream's service words a refusal.
    public static let identity = Self { "You are not authorized to perform the requested action: \($0)." }
}
