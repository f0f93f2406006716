import API
import Access
import Model

extension Call {
    /// Where the call comes from, for counting guesses and for fairness.
    var source: WorkSource { WorkSource(address: peer.address) }
}

extension IdentityContext {
    /// What the token of the call itself stands for; throws 401 where the caller has none of this service.
    func facts(of call: Call) async throws -> TokenFacts {
        guard let token = call.caller.token, let payload = await codec.open(token) else { throw Fault.unauthorized() }
        let now = time.now()
        guard let facts = try await read({ try TokenQueries.facts(of: payload, at: now, in: $0) }) else {
            throw Fault.unauthorized()
        }
        return facts
    }

    /// Runs `body`; a 401 of its own says where tokens are to be had, as every 401 must.
    func challenging<Result>(_ call: Call, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch var fault as Fault where fault.kind == .unauthorized {
            fault.headers.append(.init("WWW-Authenticate", "Keystone uri=\"\(base(call))\""))
            throw fault
        }
    }
}
