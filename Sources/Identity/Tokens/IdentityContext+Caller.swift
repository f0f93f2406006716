import API
import Access
import Model

extension Call {
    /// The source of the call, for counting guesses and for fairness.
    var source: WorkSource { WorkSource(address: peer.address) }
}

extension IdentityContext {
    /// The facts of the caller's token; throws 401 if it is not a token of this service.
    func facts(of call: Call) async throws -> TokenFacts {
        guard let token = call.caller.token, let payload = await codec.open(token) else { throw Fault.unauthorized() }
        let now = time.now()
        guard let facts = try await read({ try TokenQueries.facts(of: payload, at: now, in: $0) }) else {
            throw Fault.unauthorized()
        }
        return facts
    }

    /// Runs `body`; its 401 gets the header that says where to obtain tokens, as every 401 must have.
    func challenging<Result>(_ call: Call, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch var fault as Fault where fault.kind == .unauthorized {
            fault.headers.append(.init("WWW-Authenticate", "Keystone uri=\"\(base(call))\""))
            throw fault
        }
    }
}
