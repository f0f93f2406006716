import FoundationEssentials
import HTTPTypes
public import Model
import Synchronization

/// This program as a user of a Keystone: signs in, renews its token before it ends, and sends requests with it.
///
/// One session serves a whole process. Requests that need a token at the same time share one sign-in.
public final class KeystoneSession: ServiceTokens, ServiceCatalog {
    private let transport: any HTTPTransport
    private let credentials: ServiceCredentials
    private let time: TimeSource
    private let state = Mutex(State())
    private let signIns = SingleFlight<Int, SignedIn>()
    /// A token that ends sooner is renewed first.
    private let margin: Duration = .seconds(60)

    private struct State: Sendable {
        var signedIn: SignedIn?
        var backOff = BackOff()
        /// The last sign-in was refused; told to whoever asks until it is tried again.
        var refusal: Fault?
    }

    struct SignedIn: Sendable {
        let token: Secret
        let document: TokenDocument
        let expires: Timestamp
    }

    /// The code of faults whose reason is that the identity service does not let this account in. Their context says what an
    /// operator should know and holds nothing that he should not.
    public static let refusedCode = "identity.sign_in_refused"

    /// - Parameter transport: to the address under which `/v3` lies
    public init(transport: any HTTPTransport, credentials: ServiceCredentials, time: TimeSource = .system) {
        self.transport = transport
        self.credentials = credentials
        self.time = time
    }

    /// The address under which `/v3` lies, from an auth URL with or without it.
    public static func base(ofAuthURL url: String) -> String {
        var base = url[...]
        while base.hasSuffix("/") { base.removeLast() }
        if base.hasSuffix("/v3") { base.removeLast(3) }
        while base.hasSuffix("/") { base.removeLast() }
        return String(base)
    }

    /// A token that is good for another minute at least. Throws 503 where Keystone gives none.
    public func token() async throws(Fault) -> Secret { try await signedIn().token }

    /// The address of a service in the catalog; nil where it has none. `region` nil takes the first.
    public func endpoint(
        type: String, interface: String = "internal", region: String? = nil
    ) async throws(Fault) -> String? {
        let endpoints = try await catalog().filter { $0.type == type }.flatMap(\.endpoints)
        return endpoints.map { ServiceAddress(interface: $0.interface, region: $0.region, url: $0.url) }
            .url(interface: interface, region: region)
    }

    /// The catalog that came with the token.
    public func catalog() async throws(Fault) -> [TokenDocument.CatalogService] {
        try await signedIn().document.catalog ?? []
    }

    /// Who one is there: the token's own document.
    public func document() async throws(Fault) -> TokenDocument { try await signedIn().document }

    /// Sends a request with the session's token. Where Keystone refuses that, signs in anew and tries once more; a second
    /// refusal is 503, for it is not the caller's doing. So is any answer of 500 and above.
    public func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
        let answer = try await TokenExchange(tokens: self).send(request) { request throws(Fault) in
            try await reach(request)
        }
        if answer.status == 401 { throw Self.refused("the identity service refuses its own new token") }
        return answer
    }

    /// Signs in anew for the next request: somebody refused `token`.
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

    /// Sends it unless Keystone is being spared.
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
            .unavailable, "The identity service does not answer; try again later.", context: context,
            headers: [retry(after: pause)])
    }

    private static func retry(after pause: Duration) -> Fault.Header {
        .init("Retry-After", "\(max(1, pause.components.seconds))")
    }

    /// The account itself is not let in: asking at once again would only lock it, for everybody who uses it.
    private func signInRefused(_ status: Int) -> Fault {
        let now = time.now()
        return state.withLock { state in
            let pause = state.backOff.refused(at: now)
            let fault = Fault(
                .unavailable, "The identity service cannot be asked at the moment; try again later.",
                code: Self.refusedCode,
                context:
                    "The identity service refuses \(credentials.account) (\(status)): its secret is wrong, or it is locked, "
                    + "disabled or has no role there. Mend the section keystone, whose secret is read at the start, or the account. "
                    + "It is tried again at \((now + pause).isoZulu).",
                headers: [Self.retry(after: pause)])
            state.refusal = fault
            return fault
        }
    }

    private static func refused(_ context: String) -> Fault {
        .unavailable("The identity service cannot be asked at the moment; try again later.", context: context)
    }
}
