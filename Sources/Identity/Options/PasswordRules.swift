public import Model

/// What a new password must be, and how long it lives.
public struct PasswordRules: Sendable, Equatable {
    public var minimumLength = 1
    /// Must be found in the password; nil asks nothing.
    public var pattern: String?
    /// Says to users what `pattern` wants.
    public var patternDescription: String?
    /// How many of the latest passwords, the current one included, cannot be chosen again.
    public var history = 0
    public var expiresAfterDays: Int?
    /// How long a password must be kept before its user may change it.
    public var minimumAgeDays = 0
    /// Whether a password that an administrator set must be changed before it is good for anything else.
    public var changeUponFirstUse = false

    public init() {}

    /// Throws 400 with a sentence that says what is asked.
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

    /// Throws 400 where `pattern` is no regular expression: to be asked before the service starts.
    public func validate() throws(Fault) {
        if let pattern { _ = try Self.regex(pattern) }
    }

    private static func regex(_ pattern: String) throws(Fault) -> Regex<AnyRegexOutput> {
        do {
            return try Regex(pattern)
        } catch {
            throw .badRequest("The pattern of passwords is no regular expression: \(error).", field: "password_regex")
        }
    }

    /// When a password set at `now` ends; nil is never.
    func expiry(setAt now: Timestamp, byAdministrator: Bool, options: UserOptions) -> Timestamp? {
        if byAdministrator, changeUponFirstUse, !options.ignoresFirstUse { return now }
        guard let expiresAfterDays, !options.ignoresExpiry else { return nil }
        return now + .seconds(86_400 * expiresAfterDays)
    }
}
