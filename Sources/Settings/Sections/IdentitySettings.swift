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
    public let minimumPasswordAgeDays: Int
    public let changePasswordUponFirstUse: Bool
    public let enforcementModel: EnforcementModel
    public let listLimit: Int
    public let maximumProjectTreeDepth: Int
    public let allowsRescoping: Bool

    init(_ reader: inout SettingsReader) {
        tokenLifetime = reader.duration("identity.token_expiration", "How long a token lives.", default: "1h")
        fernetKeys = reader.optionalText(
            "identity.fernet_key_repository", "Folder of the keys that sign tokens; every replica needs the same.")
        lockoutFailures = reader.number(
            "identity.lockout_failure_attempts",
            "Wrong passwords in a row from one address that shut the account for that address, or delay it where the account "
                + "holds the role admin or service; 0 is never.",
            in: 0...1000, default: 5)
        lockoutTime = reader.duration(
            "identity.lockout_duration", "How long the lock-out lasts, and how long wrong passwords count.",
            default: "30m")
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
        minimumPasswordAgeDays = reader.number(
            "identity.minimum_password_age", "Days that a password is kept before its user may change it.",
            in: 0...3650, default: 0)
        changePasswordUponFirstUse = reader.boolean(
            "identity.change_password_upon_first_use",
            "Whether a password that an administrator set must be changed before it is good for anything else.",
            default: false)
        enforcementModel = reader.choice(
            "identity.enforcement_model",
            "How limits of a project and of its children relate: each stands alone (flat), or the children's must fit "
                + "into the parent's, which leaves two levels of projects (strict_two_level).", default: .flat)
        listLimit = reader.number(
            "identity.list_limit", "The most entries of one answer; a longer list says where the next ones are.",
            in: 1...100_000, default: 1000)
        maximumProjectTreeDepth = reader.number(
            "identity.max_project_tree_depth", "Levels of projects below a domain.", in: 1...64, default: 5)
        allowsRescoping = reader.boolean(
            "identity.allow_rescope_scoped_token", "Whether a token may be exchanged for one of another scope.",
            default: true)
        if minimumPasswordAgeDays > 0, passwordLifetimeDays > 0, minimumPasswordAgeDays >= passwordLifetimeDays {
            reader.refuse(
                "identity.minimum_password_age",
                "must be less than identity.password_expires_days: passwords would end before they may be changed")
        }
    }
}

/// How limits of a project tree relate.
public enum EnforcementModel: String, Sendable, CaseIterable {
    case flat
    case strictTwoLevel = "strict_two_level"
}
