public import Access

extension PolicyAuthorizer.Wording {
    /// As upstream's service words a refusal.
    public static let accelerator = Self { "Access was denied to the following resource: \($0)" }
}
