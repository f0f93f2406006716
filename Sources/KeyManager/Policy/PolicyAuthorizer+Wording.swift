public import Access

extension PolicyAuthorizer.Wording {
    /// As upstream's service words a refusal; clients look for "attempt not allowed".
    public static let keyManager = Self { rule in
        let operation =
            switch rule {
            case "secrets:post": "Secret creation"
            case "secrets:get": "Secret(s) retrieval"
            case "secret:decrypt": "Secret payload retrieval"
            case "secret:put": "Secret update"
            case "secret:delete": "Secret deletion"
            default: "Secret retrieval"
            }
        return "\(operation) attempt not allowed - please review your user/project privileges"
    }
}
