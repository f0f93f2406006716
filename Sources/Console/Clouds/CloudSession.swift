public import Clients
public import HTTPTypes
public import Model

/// One account of a cloud, and the services that it may use.
public final class CloudSession: Sendable {
    public let cloud: Cloud
    private let account: CloudAccount
    private let services: [PeerService: ServicePeer]

    /// Throws if the file of authorities cannot be read.
    ///
    /// - Parameter open: creates the transport to an address; the name is for messages
    public init(
        _ cloud: Cloud,
        open: @escaping @Sendable (_ base: String, _ name: String) throws(Fault) -> any HTTPTransport
    ) throws(Fault) {
        self.cloud = cloud
        var fallback: String?
        switch cloud.account {
        case .identity(let url, let credentials):
            let session = KeystoneSession(
                transport: try open(KeystoneSession.base(ofAuthURL: url), "the identity service"),
                credentials: credentials)
            account = .session(session, cloud: cloud.name)
        case .token(let token, let endpoint):
            account = .token(token)
            fallback = endpoint
        }
        var services: [PeerService: ServicePeer] = [:]
        for service in [PeerService.accelerator, .placement] {
            let transport: any HTTPTransport
            if let address = cloud.endpoints[service.type] ?? fallback {
                transport = try open(address, service.name)
            } else if let session = account.session {
                transport = CatalogTransport(
                    catalog: session, service: service, interface: cloud.interface, region: cloud.region
                ) { base throws(Fault) in try open(base, service.name) }
            } else {
                continue
            }
            services[service] = ServicePeer(service, transport: transport, tokens: account)
        }
        self.services = services
    }

    /// Uses the network.
    public convenience init(_ cloud: Cloud) throws(Fault) {
        let authorities = cloud.authorities
        try self.init(cloud) { base, name throws(Fault) in
            try NetworkTransport(base: base, name: name, caFile: authorities, patience: .init(request: .seconds(60)))
        }
    }

    /// The session at the identity service; throws 400 if the cloud has none.
    public func identitySession() throws(Fault) -> KeystoneSession {
        guard let session = account.session else {
            throw .badRequest("Cloud '\(cloud.name)' has a token and no identity service.")
        }
        return session
    }

    /// The project and the user of the token.
    public func owner() async throws(Fault) -> (project: String, user: String) {
        if let session = account.session {
            _ = try await account.token()
            let document = try await session.document()
            guard let project = document.project else {
                throw .badRequest("Cloud '\(cloud.name)' names no project; the devices need a project that owns them.")
            }
            return (project.id, document.user.id)
        }
        // `user:project` is what a token is where anybody is believed.
        let parts = try await account.token().revealed.split(separator: ":")
        guard let user = parts.first, let project = parts.last else {
            throw .badRequest("The token of cloud '\(cloud.name)' has no project; it must be 'user:project'.")
        }
        return (String(project), String(user))
    }

    /// The body of the response; null if there is none.
    ///
    /// Throws the service's refusal, in the service's words.
    ///
    /// - Parameters:
    ///   - path: below the service's address, and below `/v2` for accelerators
    ///   - helper: the account whose token is sent as the service token
    @discardableResult
    public func send(
        _ method: HTTPRequest.Method, _ service: PeerService, _ path: String, version: Microversion,
        body: JSONValue? = nil, helper: CloudSession? = nil
    ) async throws(Fault) -> JSONValue {
        guard let peer = services[service] else {
            throw .badRequest("Cloud '\(cloud.name)' has no address of \(service.name).")
        }
        var request = peer.request(method, path, version: version)
        if let body {
            request.headers[.contentType] = "application/json"
            request.body = Array(body.compact.utf8)
        }
        let answer = try await peer.send(request, vouchedBy: helper?.account)
        guard (200..<300).contains(answer.status) else {
            throw ServiceRefusal.fault(answer, of: service, version: version)
        }
        guard !answer.body.isEmpty else { return .null }
        do throws(Fault) {
            return try JSONValue(json: answer.body)
        } catch {
            throw Fault(.badGateway, "The answer of \(service.name) is not JSON.", context: error.message)
        }
    }
}
