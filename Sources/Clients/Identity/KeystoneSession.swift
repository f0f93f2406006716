import FoundationEssentials
import HTTPTypes
public import Model
import Synchronization

/// This program as a user of a Keystone: signs in, renews its token before it expires, and sends requests with it.
///
/// One session serves the whole process. Concurrent requests that need a token share one sign-in.
public final class KeystoneSession: ServiceTokens, ServiceCatalog {
    private let transport: any HTTPTransport
    private let credentials: ServiceCredentials
    private let time: TimeSource
    private let state = Mutex(State())
    private let signIns = SingleFlight<Int, SignedIn>()
    /// A token that expires sooner is renewed before use.
    private let margin: Duration = .seconds(60)

    private struct State: Sendable {
        var signedIn: SignedIn?
        var backOff = BackOff()
        /// The fault of the last sign-in, if it was refused; callers get it until the next attempt.
        var refusal: Fault?
    }

    struct SignedIn: Sendable {
        let token: Secret
        let document: TokenDocument
        let expires: Timestamp
    }

    /// The code of faults whose reason is that the identity service refuses this account. Their context is for
    /// operators and contains no secret.
    public static let refusedCode = "identity.sign_in_refused"

    /// - Parameter transport: reaches the address below which `/v3` is
    public init(transport: any HTTPTransport, credentials: ServiceCredentials, time: TimeSource = .system) {
        self.transport = transport
        self.credentials = credentials
        self.time = time
    }

    /// The address below which `/v3` is, from an auth URL with or without `/v3`.
    public static func base(ofAuthURL url: String) -> String {
        var base = url[...]
        while base.hasSuffix("/") { base.removeLast() }
        if base.hasSuffix("/v3") { base.removeLast(3) }
        while base.hasSuffix("/") { base.removeLast() }
        return String(base)
    }

    /// A token that is valid for at least another minute. Throws 503 if Keystone issues none.
    public func token() async throws(Fault) -> Secret { try await signedIn().token }

    /// The address of a service in the catalog; nil if it has none. Without `region`, the first one.
    public func endpoint(
        type: String, interface: String = "internal", region: String? = nil
    ) async throws(Fault) -> String? {
        let endpoints = try await catalog().filter { $0.type == type }.flatMap(\.endpoints)
        return endpoints.map { ServiceAddress(interface: $0.interface, region: $0.region, url: $0.url) }
            .url(interface: interface, region: region)
    }

    /// The catalog that was issued with the token.
    public func catalog() async throws(Fault) -> [TokenDocument.CatalogService] {
        try await signedIn().document.catalog ?? []
    }

    /// The account's identity: the token's own document.
    public func document() async throws(Fault) -> TokenDocument { try await signedIn().document }

    /// Sends a request with the session's token. If Keystone refuses the token, the session signs in again and repeats
    /// the request once. A second refusal is 503, because the caller is not at fault; so is any status of 500 and
    /// above.
    public func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
        let answer = try await TokenExchange(tokens: self).send(request) { request throws(Fault) in
            try await reach(request)
        }
        if answer.status == 401 { throw Self.refused("the identity service refuses its own new token") }
        return answer
    }

    /// Signs in again for the next request, because a service refused `token`.
    public func forget(_ token: Secret) {
        state.withLock { state in
            if state.signedIn?.token == token { state.signedIn = nil }
        }
    }

    private func signedIn() async throws(Fault) -> SignedIn {
        if let current { return current }
        return try await signIns.run(0) { () throws(Fault) in
            if let current { return current }
            let fresh = try await signIn()
            state.withLock { state in
                state.signedIn = fresh
                state.refusal = nil
                state.backOff.admitted()
            }
            return fresh
        }
    }

    private var current: SignedIn? {
        let now = time.now()
        return state.withLock { state in
            guard let signedIn = state.signedIn, now + margin < signedIn.expires else { return nil }
            return signedIn
        }
    }

    private func signIn() async throws(Fault) -> SignedIn {
        let body: [UInt8]
        do {
            body = Array(try JSONEncoder().encode(["auth": credentials.request]))
        } catch {
            throw .internalError("the sign-in to the identity service could not be written: \(error)")
        }
        let answer = try await reach(
            PeerRequest(.post, "/v3/auth/tokens", headers: [.contentType: "application/json"], body: body))
        if answer.status == 401 || answer.status == 403 { throw signInRefused(answer.status) }
        guard answer.status == 201, let token = answer.headers[.subjectToken] else {
            failed()
            throw Self.refused("the identity service answered the sign-in with \(answer.status)")
        }
        guard
            let document = try? JSONDecoder().decode(TokenEnvelope.self, from: Data(answer.body)).token,
            let expires = Timestamp(iso: document.expiresAt)
        else {
            failed()
            throw Self.refused("the identity service's token document could not be read")
        }
        return SignedIn(token: Secret(token), document: document, expires: expires)
    }

    /// Sends the request, unless there is a pause after failures.
    private func reach(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
        let (refusal, pause) = state.withLock { ($0.refusal, $0.backOff.remaining(at: time.now())) }
        if let pause {
            if var refusal {
                refusal.headers = [Self.retry(after: pause)]
                throw refusal
            }
            throw Self.unavailable("the identity service failed just now and is left alone for \(pause)", after: pause)
        }
        do throws(Fault) {
            let answer = try await transport.send(request)
            guard answer.status < 500, answer.status != 429 else {
                throw Self.unavailable("the identity service answered \(answer.status)", after: .seconds(1))
            }
            state.withLock { $0.backOff.succeeded() }
            return answer
        } catch {
            // A client that hung up says nothing about the peer.
            if !Task.isCancelled { failed() }
            throw error
        }
    }

    private func failed() {
        let now = time.now()
        state.withLock { state in
            state.refusal = nil
            state.backOff.failed(at: now)
        }
    }

    private static func unavailable(_ context: String, after pause: Duration) -> Fault {
        Fault(
            .unavailable, "The identity service does not respond; try again later.", context: context,
            headers: [retry(after: pause)])
    }

    private static func retry(after pause: Duration) -> Fault.Header {
        .init("Retry-After", "\(max(1, pause.components.seconds))")
    }

    /// The account itself is refused. Further attempts at once would only lock it for all its users.
    private func signInRefused(_ status: Int) -> Fault {
        let now = time.now()
        return state.withLock { state in
            let pause = state.backOff.refused(at: now)
            let fault = Fault(
                .unavailable, "The identity service cannot be used at the moment; try again later.",
                code: Self.refusedCode,
                context:
                    "The identity service refuses \(credentials.account) (\(status)): its secret is wrong, or it is locked, "
                    + "disabled or has no role there. Correct the section keystone (its secret is read at the start) or the account. "
                    + "It is tried again at \((now + pause).isoZulu).",
                headers: [Self.retry(after: pause)])
            state.refusal = fault
            return fault
        }
    }

    private static func refused(_ context: String) -> Fault {
        .unavailable("The identity service cannot be used at the moment; try again later.", context: context)
    }
}
