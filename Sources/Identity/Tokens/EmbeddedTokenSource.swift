public import Access
public import Model
import Store

/// Validates tokens against this process's database: the signature first, then revocations, flags and roles.
///
/// It has no cache; the authenticator in front of it has one, and is notified of changes.
public struct EmbeddedTokenSource: TokenSource {
    private let context: IdentityContext

    init(_ context: IdentityContext) {
        self.context = context
    }

    public func caller(for token: Secret, allowExpired: Bool) async throws(Fault) -> Caller? {
        let grace = allowExpired ? context.options.expiredTokenWindow : .zero
        guard let payload = await context.codec.open(token, grace: grace) else { return nil }
        guard let facts = try await facts(of: payload, at: context.time.now()) else { return nil }
        // What may be called with such a credential is for the called service to see to; the services of this process do
        // not, so they admit no such token rather than too much.
        if let rules = facts.credential?.rules, !rules.isEmpty { return nil }
        var caller = facts.caller
        caller.token = token
        return caller
    }

    private func facts(of payload: TokenPayload, at now: Timestamp) async throws(Fault) -> TokenFacts? {
        do {
            return try await context.read { transaction in
                try TokenQueries.facts(of: payload, at: now, in: transaction)
            }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .unavailable("Tokens cannot be validated at the moment.", context: "\(error)")
        }
    }
}
