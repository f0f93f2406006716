import Settings

/// The key manager. Keys that Barbican has carry its names.
struct KeyManagerSettings: Sendable {
    /// Folder of the master keys; nil where it is not set.
    let masterKeys: String?
    let largestSecret: Int
    let pageSize: Int
    let largestPage: Int
    let mostSecrets: Int

    init(_ reader: inout SettingsReader) {
        masterKeys = reader.optionalText(
            "key_manager.master_keys",
            "Folder of the keys that secrets are encrypted with; every replica needs the same keys. If it is not set, the "
                + "folder is beside an SQLite database.")
        largestSecret = reader.number(
            "key_manager.max_allowed_secret_in_bytes", "Size of the largest payload of a secret in bytes.",
            in: 1...1 << 20, default: 20_000)
        pageSize = reader.number(
            "key_manager.default_limit_paging", "Secrets on a page of a list where the caller says nothing.",
            in: 1...1000, default: 10)
        largestPage = reader.number(
            "key_manager.max_limit_paging", "Secrets that may be on a page of a list.", in: 1...1000, default: 100)
        mostSecrets = reader.number(
            "key_manager.quota_secrets", "Secrets that a project may have; -1 means unlimited.", in: -1...1_000_000_000,
            default: -1)
    }
}
