import Identity
public import Model

extension Replica {
    /// The locked and delayed accounts, one line each.
    public func accountLocks() async throws -> [String] {
        try await whileOpen { plane in
            try await plane.identity.locks().map { lock in
                let secret = lock.credential.map { "application credential \($0)" } ?? "password"
                let source = lock.source ?? "all unknown addresses"
                return "user \(lock.userName) of domain \(lock.domainName) (\(lock.user)), \(secret): "
                    + "\(lock.isDelayed ? "delayed" : "locked") for \(source) until \(lock.until.isoZulu) "
                    + "after \(lock.failures) wrong attempts"
            }
        }
    }

    /// Removes the locks of a user; returns for how many addresses there were failures.
    public func unlockAccount(_ user: String, domain: String) async throws -> Int {
        try await whileOpen { plane in try await plane.identity.unlock(user, domain: domain) }
    }

    /// Sets a user's password; returns lines that describe the result.
    public func resetPassword(of user: String, domain: String, to password: Secret) async throws -> [String] {
        let reset = try await whileOpen { plane in
            try await plane.identity.resetPassword(of: user, domain: domain, to: password)
        }
        var lines = ["user \(user) (\(reset.user)): the password is set, locks are lifted, former tokens are void"]
        if reset.wasDisabled { lines.append("user \(user) was disabled and is enabled now") }
        if reset.needsMoreThanPassword {
            lines.append("user \(user) has multi_factor_auth_rules, which require more than the password")
        }
        return lines
    }
}
