import API
import Model

/// The `options` of a user that this service supports.
struct UserOptions: Sendable, Equatable {
    static let names = [
        "ignore_change_password_upon_first_use", "ignore_password_expiry", "ignore_lockout_failure_attempts",
        "lock_password", "ignore_user_inactivity", "multi_factor_auth_enabled",
    ]
    /// `multi_factor_auth_rules`: lists of method names.
    static let rulesName = "multi_factor_auth_rules"

    private let options: JSONValue

    init(_ options: JSONValue) {
        self.options = options
    }

    var ignoresFirstUse: Bool { isTrue("ignore_change_password_upon_first_use") }
    var ignoresExpiry: Bool { isTrue("ignore_password_expiry") }
    var ignoresLockout: Bool { isTrue("ignore_lockout_failure_attempts") }
    var locksPassword: Bool { isTrue("lock_password") }

    /// Sets of methods, of which one set must be met; empty for no requirement.
    var requiredMethods: [Set<String>] {
        guard options["multi_factor_auth_enabled"] != .bool(false), case .array(let rules)? = options[Self.rulesName]
        else { return [] }
        return rules.compactMap { rule in
            guard case .array(let methods) = rule else { return nil }
            let names = Set(methods.compactMap(\.text))
            return names.isEmpty ? nil : names
        }
    }

    private func isTrue(_ name: String) -> Bool { options[name] == .bool(true) }
}
