public import API
public import Clients
public import HTTPTypes
public import Model

/// One account of a cloud, and the services that it may ask.
public final class CloudSession: Sendable {
    /// A service by its type in the catalog.
    public enum Service: String, Sendable {
        case accelerator, placement

        /// How messages call it.
        var title: String { "the \(rawValue) service" }
    }

    public let cloud: Cloud
    private let identity: KeystoneSession?
    private let services: [Service: any HTTPTransport]

    /// Throws where the file of authorities cannot be read.
    ///
    /// - Parameter open: makes the transport to an address; the name is for messages
    public init(
        _ cloud: Cloud,
        open: @escaping @Sendable (_ base: String, _ name: String) throws(Fault) -> any HTTPTransport
    ) throws(Fault) {
        self.cloud = cloud
        var services: [Service: any HTTPTransport] = [:]
        switch cloud.account {
        case .identity(let url, let credentials):
            let session = KeystoneSession(
                transport: try open(KeystoneSession.base(ofAuthURL: url), "the identity service"),
                credentials: credentials)
            identity = session
            for service in [Service.accelerator, .placement] {
                services[service] =
                    if let address = cloud.endpoints[service.rawValue] { try open(address, service.title) } else {
                        CatalogTransport(
                            session: session, type: service.rawValue, interface: cloud.interface,
                            region: cloud.region, name: service.title
                        ) { base throws(Fault) in try open(base, service.title) }
                    }
            }
        case .token(_, let endpoint):
            identity = nil
            for service in [Service.accelerator, .placement] {
                guard let address = cloud.endpoints[service.rawValue] ?? endpoint else { continue }
                services[service] = try open(address, service.title)
            }
        }
        self.services = services
    }

    /// Over the network.
    public convenience init(_ cloud: Cloud) throws(Fault) {
        let authorities = cloud.authorities
        try self.init(cloud) { base, name throws(Fault) in
            try NetworkTransport(base: base, name: name, caFile: authorities, patience: .init(request: .seconds(60)))
        }
    }

    /// The session at the identity service; throws 400 where the cloud has none.
    public func identitySession() throws(Fault) -> KeystoneSession {
        guard let identity else {
            throw .badRequest("Cloud '\(cloud.name)' has a token and no identity service.")
        }
        return identity
    }

    /// The token that shows who one is.
    public func token() async throws(Fault) -> Secret {
        guard let identity else {
            guard case .token(let token, _) = cloud.account else {
                throw .internalError("a session without an account")
            }
            return token
        }
        do throws(Fault) {
            return try await identity.token()
        } catch {
            guard error.code == KeystoneSession.refusedCode else { throw error }
            throw .unauthorized(
                "The identity service does not let the account of cloud '\(cloud.name)' in: its secret is wrong, or it is locked or "
                    + "disabled.")
        }
    }

    /// The project and the user of the token.
    public func owner() async throws(Fault) -> (project: String, user: String) {
        if let identity {
            _ = try await token()
            let document = try await identity.document()
            guard let project = document.project else {
                throw .badRequest("Cloud '\(cloud.name)' names no project, whose the devices would be.")
            }
            return (project.id, document.user.id)
        }
        // `user:project` is what a token is where anybody is believed.
        let parts = try await token().revealed.split(separator: ":")
        guard let user = parts.first, let project = parts.last else {
            throw .badRequest("The token of cloud '\(cloud.name)' says no project.")
        }
        return (String(project), String(user))
    }

    /// The body of the answer, null where there is none.
    ///
    /// Throws what the service refuses with, in its own sentence.
    ///
    /// - Parameters:
    ///   - path: below the service's address, and below `/v2` for accelerators
    ///   - helper: whose token goes along as that of the service which asks for the user
    @discardableResult
    public func send(
        _ method: HTTPRequest.Method, _ service: Service, _ path: String, version: Microversion,
        body: JSONValue? = nil, helper: CloudSession? = nil
    ) async throws(Fault) -> JSONValue {
        guard let transport = services[service] else {
            throw .badRequest("Cloud '\(cloud.name)' does not say where \(service.title) is.")
        }
        var headers: HTTPFields = [.accept: "application/json"]
        headers[Self.versionHeader] = "\(service.rawValue) \(version)"
        headers[Self.tokenHeader] = try await token().revealed
        if let helper { headers[Self.serviceTokenHeader] = try await helper.token().revealed }
        var request = PeerRequest(method, path, headers: headers)
        if let body {
            request.headers[.contentType] = "application/json"
            request.body = Array(body.compact.utf8)
        }
        let answer = try await transport.send(request)
        guard (200..<300).contains(answer.status) else {
            throw ServiceRefusal.fault(answer, of: service, version: version)
        }
        guard !answer.body.isEmpty else { return .null }
        do throws(Fault) {
            return try JSONValue(json: answer.body)
        } catch {
            throw Fault(.badGateway, "The answer of \(service.title) is not JSON.", context: error.message)
        }
    }

    private static let versionHeader = HTTPField.Name("OpenStack-API-Version") ?? .accept
    private static let tokenHeader = HTTPField.Name("X-Auth-Token") ?? .authorization
    private static let serviceTokenHeader = HTTPField.Name("X-Service-Token") ?? .authorization
}
