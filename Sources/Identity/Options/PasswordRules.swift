public import Model

/// Requirements for a new password, and its lifetime.
public struct PasswordRules: Sendable, Equatable {
    package var minimumLength = 1
    /// A regular expression that the password must match; nil for no requirement.
    public var pattern: String?
    /// Describes `pattern` to users.
    package var patternDescription: String?
    /// How many of the latest passwords, including the current one, cannot be used again.
    package var history = 0
    package var expiresAfterDays: Int?
    /// How long a password must be kept before its user may change it.
    package var minimumAgeDays = 0
    /// Whether a password that an administrator set must be changed before it can be used otherwise.
    var changeUponFirstUse = false

    public init() {}

    /// Throws 400 with a sentence that says what is required.
    func check(_ password: Secret) throws(Fault) {
        let text = password.revealed
        guard text.unicodeScalars.count >= minimumLength else {
            throw .badRequest(
                "The password is too short: at least \(minimumLength) characters are needed.", field: "user.password")
        }
        guard let pattern else { return }
        guard try text.firstMatch(of: Self.regex(pattern)) != nil else {
            throw .badRequest(
                "The password does not meet the requirements: \(patternDescription ?? "it must match \(pattern)").",
                field: "user.password")
        }
    }

    /// Throws 400 if `pattern` is not a valid regular expression; called before the service starts.
    public func validate() throws(Fault) {
        if let pattern { _ = try Self.regex(pattern) }
    }

    private static func regex(_ pattern: String) throws(Fault) -> Regex<AnyRegexOutput> {
        do {
            return try Regex(pattern)
        } catch {
            throw .badRequest("password_regex is not a valid regular expression: \(error).", field: "password_regex")
        }
    }

    /// When a password set at `now` expires; nil means never.
    func expiry(setAt now: Timestamp, byAdministrator: Bool, options: UserOptions) -> Timestamp? {
        if byAdministrator, changeUponFirstUse, !options.ignoresFirstUse { return now }
        guard let expiresAfterDays, !options.ignoresExpiry else { return nil }
        return now + .seconds(86_400 * expiresAfterDays)
    }
}
