/// The embedded identity service.
public struct IdentitySettings: Sendable {
    public let tokenLifetime: Duration
    /// Folder of the token keys; beside the SQLite database where it is not given.
    public let fernetKeys: String?
    public let lockoutFailures: Int
    public let lockoutTime: Duration
    public let passwordRegex: String?
    public let passwordRegexDescription: String?
    public let minimumPasswordLength: Int
    public let passwordHistory: Int
    public let passwordLifetimeDays: Int
    public let hashRounds: Int

    init(_ reader: inout SettingsReader) {
        tokenLifetime = reader.duration("identity.token_expiration", "How long a token lives.", default: "1h")
        fernetKeys = reader.optionalText(
            "identity.fernet_key_repository", "Folder of the keys that sign tokens; every replica needs the same.")
        lockoutFailures = reader.number(
            "identity.lockout_failure_attempts", "Wrong passwords in a row that lock a user out; 0 is never.",
            in: 0...1000, default: 5)
        lockoutTime = reader.duration("identity.lockout_duration", "How long the lock-out lasts.", default: "30m")
        passwordRegex = reader.optionalText(
            "identity.password_regex", "What a new password must match, as a regular expression.")
        passwordRegexDescription = reader.optionalText(
            "identity.password_regex_description", "The same in words, for the one who chose a wrong one.")
        minimumPasswordLength = reader.number(
            "identity.minimum_password_length", "Fewest characters of a new password.", in: 1...128, default: 8)
        passwordHistory = reader.number(
            "identity.unique_last_password_count", "How many of the last passwords may not be used again.",
            in: 0...100, default: 0)
        passwordLifetimeDays = reader.number(
            "identity.password_expires_days", "Days after which a password must be changed; 0 is never.",
            in: 0...3650, default: 0)
        hashRounds = reader.number(
            "identity.password_hash_rounds", "Cost of a password's bcrypt hash, as a power of two.", in: 4...16,
            default: 12)
    }
}
