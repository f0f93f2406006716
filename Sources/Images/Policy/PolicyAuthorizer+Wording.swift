public import Access

extension PolicyAuthorizer.Wording {
    /// As upstream's service words a refusal.
    public static let image = Self { "You are not authorized to complete \($0) action." }
}
