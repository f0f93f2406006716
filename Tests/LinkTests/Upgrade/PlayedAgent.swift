import API
import Foundation
import HTTPTypes
import Model

@testable import Fleet
@testable import Link

/// An agent of an earlier release at the endpoints of this one: it says what that release recorded, word for word.
struct PlayedAgent {
    let host: HostName
    private let dispatcher: Dispatcher
    private let peer: Peer

    init(_ host: HostName, of world: LinkWorld) async throws {
        let authority = try await CertificateAuthority.open(folder: world.folder.appending(path: "ca").path)
        let entry = CertificateBook.Entry(
            id: IDSource.random.next(), host: host, notBefore: TimeSource.system.now(),
            notAfter: TimeSource.system.now() + .seconds(86_400), revokedAt: nil)
        let now = world.clock.source.now()
        try await world.write { try CertificateBook.add(entry, at: now, in: $0) }
        let service = AgentEndpoints.service(
            hub: world.hub, reception: world.reception,
            enrolment: Enrolment(store: world.store, authority: authority),
            authenticator: CertificateAuthenticator(store: world.store))
        self.host = host
        dispatcher = Dispatcher([service], logger: LinkWorld.logger)
        let identity = AgentIdentity(host: host, certificate: entry.id)
        peer = Peer(
            address: "192.0.2.1", isLoopback: false, certificateNames: identity.certificateNames,
            origin: "https://192.0.2.2")
    }

    private func call(_ method: HTTPRequest.Method, _ path: String, _ body: [UInt8] = []) async -> APIResponse {
        await dispatcher.respond(
            to: APIRequest(
                method, "/agent/v1/hosts/\(host)/\(path)",
                headers: body.isEmpty ? [:] : [.contentType: "application/json"],
                body: body, peer: peer))
    }

    /// Lines as bytes, without their ends.
    func watch() async throws -> () async throws -> [UInt8] {
        let response = await call(.get, "watch?after=0")
        guard case .pulled(let next) = response.body else { throw CancellationError() }
        return {
            guard let line = try await next() else { throw CancellationError() }
            return Array(line.dropLast())
        }
    }

    /// The status of the answer.
    func say(_ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]) async -> Int {
        await call(method, path, body).status
    }

    func ask(_ path: String) async throws -> [UInt8] { try await call(.get, path).bytes() }
}
