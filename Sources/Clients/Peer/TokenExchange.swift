import HTTPTypes
import Model

/// Sends requests with a token, and once more with a new one if it is refused. Every request with a token is sent
/// through this.
struct TokenExchange: Sendable {
    /// The tokens of the request's owner.
    let tokens: any ServiceTokens
    /// The tokens of the service that forwards a user's request: `X-Service-Token`.
    var voucher: (any ServiceTokens)?

    /// The second response is final. A response of 401 does not say which of two tokens was refused, so both are
    /// renewed.
    func send(
        _ request: PeerRequest, by exchange: (PeerRequest) async throws(Fault) -> PeerResponse
    ) async throws(Fault) -> PeerResponse {
        let first = try await current()
        let answer = try await exchange(first.sign(request))
        guard answer.status == 401 else { return answer }
        tokens.forget(first.token)
        if let token = first.voucher { voucher?.forget(token) }
        let second = try await current()
        guard second != first else { return answer }
        return try await exchange(second.sign(request))
    }

    private func current() async throws(Fault) -> Pair {
        Pair(token: try await tokens.token(), voucher: try await voucher?.token())
    }

    private struct Pair: Equatable {
        let token: Secret
        let voucher: Secret?

        func sign(_ request: PeerRequest) -> PeerRequest {
            var request = request
            request.headers[.authToken] = token.revealed
            if let voucher { request.headers[.serviceToken] = voucher.revealed }
            return request
        }
    }
}
