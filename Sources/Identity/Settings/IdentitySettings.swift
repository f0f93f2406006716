import Settings

/// The embedded identity service.
public struct IdentitySettings: Sendable {
    let tokenLifetime: Duration
    /// Folder of the token keys; if it is not set, beside the SQLite database.
    public let fernetKeys: String?
    let lockoutFailures: Int
    let lockoutTime: Duration
    let passwordRegex: String?
    let passwordRegexDescription: String?
    let minimumPasswordLength: Int
    let passwordHistory: Int
    let passwordLifetimeDays: Int
    let hashRounds: Int
    let minimumPasswordAgeDays: Int
    let changePasswordUponFirstUse: Bool
    let enforcementModel: EnforcementModel
    let listLimit: Int
    let maximumProjectTreeDepth: Int
    let allowsRescoping: Bool

    init(_ reader: inout SettingsReader) {
        tokenLifetime = reader.duration("identity.token_expiration", "Lifetime of a token.", default: "1h")
        fernetKeys = reader.optionalText(
            "identity.fernet_key_repository", "Folder of the keys that sign tokens; every replica needs the same keys.")
        lockoutFailures = reader.number(
            "identity.lockout_failure_attempts",
            "Number of consecutive wrong passwords from one address that lock the account for that address, or delay it if the "
                + "account holds the role admin or service; 0 means never.",
            in: 0...1000, default: 5)
        lockoutTime = reader.duration(
            "identity.lockout_duration", "How long a lock lasts, and how long wrong passwords are counted.",
            default: "30m")
        passwordRegex = reader.optionalText(
            "identity.password_regex", "Regular expression that a new password must match.")
        passwordRegexDescription = reader.optionalText(
            "identity.password_regex_description",
            "Description of that rule, shown to users whose new password is refused.")
        minimumPasswordLength = reader.number(
            "identity.minimum_password_length", "Minimum number of characters of a new password.", in: 1...128,
            default: 8)
        passwordHistory = reader.number(
            "identity.unique_last_password_count", "Number of former passwords that cannot be used again.",
            in: 0...100, default: 0)
        passwordLifetimeDays = reader.number(
            "identity.password_expires_days", "Days after which a password expires; 0 means never.",
            in: 0...3650, default: 0)
        hashRounds = reader.number(
            "identity.password_hash_rounds", "Cost of a password's bcrypt hash, as a power of two.", in: 4...16,
            default: 12)
        minimumPasswordAgeDays = reader.number(
            "identity.minimum_password_age", "Days before a user may change a new password again.",
            in: 0...3650, default: 0)
        changePasswordUponFirstUse = reader.boolean(
            "identity.change_password_upon_first_use",
            "Whether a password that an administrator set must be changed before it can be used otherwise.",
            default: false)
        enforcementModel = reader.choice(
            "identity.enforcement_model",
            "How limits of a project and of its children relate: each applies by itself (flat), or the children's must fit "
                + "into the parent's, which allows two levels of projects (strict_two_level).", default: .flat)
        listLimit = reader.number(
            "identity.list_limit",
            "Maximum number of entries in one response; a longer list has a link to the next ones.",
            in: 1...100_000, default: 1000)
        maximumProjectTreeDepth = reader.number(
            "identity.max_project_tree_depth", "Maximum number of levels of projects below a domain.", in: 1...64,
            default: 5)
        allowsRescoping = reader.boolean(
            "identity.allow_rescope_scoped_token",
            "Whether a scoped token may be exchanged for one with another scope.",
            default: true)
        if minimumPasswordAgeDays > 0, passwordLifetimeDays > 0, minimumPasswordAgeDays >= passwordLifetimeDays {
            reader.refuse(
                "identity.minimum_password_age",
                "must be less than identity.password_expires_days: passwords would end before they may be changed")
        }
    }
}

/// How limits of a project tree relate.
enum EnforcementModel: String, Sendable, CaseIterable {
    case flat
    case strictTwoLevel = "strict_two_level"
}
