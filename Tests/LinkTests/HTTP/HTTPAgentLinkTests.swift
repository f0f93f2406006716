import API
import AsyncHTTPClient
import Fleet
import Foundation
import Link
import LinkClient
import Model
import NIOCore
import NIOHTTP1
import NIOSSL
import Store
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct HTTPAgentLinkTests {
    let host: HostName = "compute-1"

    @Test func `an enrolled agent watches, reports, finishes and beats over mutual TLS`() async throws {
        try await AgentListener.run { listener in
            let credentials = try await listener.enrol(host)
            #expect(credentials.host == host)
            let link = try await listener.link(host, credentials)
            let item = LinkWorld.item(1)
            try await listener.world.enqueue(item, on: host)
            var lines = link.desiredStates(after: 0).makeAsyncIterator()
            let line = try #require(await lines.next())
            #expect(line.deviceWork == [item])
            try await link.report(HostReport(generation: 1, devices: [], drivers: []))
            try await link.heartbeat(Heartbeat(nonce: line.nonce, revision: line.revision, agentVersion: "1"))
            #expect(try await listener.world.host(host)?.state == .up)
            try await link.finish(item.id, .done)
            #expect(await lines.next { $0.work.isEmpty } != nil)
            #expect(listener.world.fleet.notes.withLock { $0.outcomes } == [item.id: [.done]])
            #expect(listener.world.fleet.notes.withLock { $0.reports.count } == 1)

            let stale = await #expect(throws: Fault.self) {
                try await link.report(HostReport(generation: 0, devices: [], drivers: []))
            }
            #expect(stale?.kind.status == 409)
            #expect(stale?.headers == [.init(HostReport.generationHeader, "1")])
            await link.close()
        }
    }

    @Test func `what a work item needs comes to its host alone, as long as it is wanted`() async throws {
        try await AgentListener.run { listener in
            let link = try await listener.link(host, try await listener.enrol(host))
            let other = try await listener.link("compute-2", try await listener.enrol("compute-2"))
            let item = LinkWorld.item(1)
            try await listener.world.enqueue(item, on: host)
            let taken = Mutex<[UInt8]>([])
            func take(by link: HTTPAgentLink) async throws(Fault) {
                try await link.data(of: item.id) { piece in taken.withLock { $0 += piece } }
            }
            let nothing = await #expect(throws: Fault.self) { try await take(by: link) }
            #expect(nothing?.kind == .notFound)
            let pieces = (1...50).map { [UInt8](repeating: $0, count: 4000) }
            listener.world.fleet.pieces.withLock { $0 = pieces }
            try await take(by: link)
            #expect(taken.withLock { $0 } == pieces.flatMap { $0 })
            let foreign = await #expect(throws: Fault.self) { try await take(by: other) }
            #expect(foreign?.kind == .notFound)
            try await link.finish(item.id, .done)
            let ended = await #expect(throws: Fault.self) { try await take(by: link) }
            #expect(ended?.kind == .notFound)
            await link.close()
            await other.close()
        }
    }

    @Test func `a host may not speak for another`() async throws {
        try await AgentListener.run { listener in
            let credentials = try await listener.enrol(host)
            let client = try Self.client(credentials)
            defer { client.shutdown { _ in } }
            var request = HTTPClientRequest(url: "\(listener.secure)/agent/v1/hosts/compute-2/heartbeat")
            request.method = .PUT
            request.headers = ["content-type": "application/json"]
            request.body = .bytes(Array(#"{"revision":0,"agentVersion":"1"}"#.utf8))
            #expect(try await client.execute(request, timeout: .seconds(600)).status == .forbidden)
            let watch = HTTPClientRequest(url: "\(listener.secure)/agent/v1/hosts/compute-2/watch")
            #expect(try await client.execute(watch, timeout: .seconds(600)).status == .forbidden)
        }
    }

    @Test func `nobody speaks without a certificate`() async throws {
        try await AgentListener.run { listener in
            let watch = HTTPClientRequest(url: "\(listener.plain)/agent/v1/hosts/compute-1/watch")
            #expect(try await HTTPClient.shared.execute(watch, timeout: .seconds(600)).status == .unauthorized)
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes([UInt8](listener.authority.certificatePEM.utf8)))
            let client = HTTPClient(configuration: .init(tlsConfiguration: tls))
            defer { client.shutdown { _ in } }
            let secure = HTTPClientRequest(url: "\(listener.secure)/agent/v1/hosts/compute-1/watch")
            #expect(try await client.execute(secure, timeout: .seconds(600)).status == .unauthorized)

            var strict = try listener.authority.listenerTLS(names: ["127.0.0.1"])
            strict.requiresClientCertificate = true
            let service = AgentEndpoints.service(
                hub: listener.world.hub, reception: listener.world.reception, enrolment: nil,
                authenticator: CertificateAuthenticator(store: listener.world.store))
            try await AgentListener.serve(service, tls: strict) { port in
                let refused = HTTPClientRequest(url: "https://127.0.0.1:\(port)/agent/v1/hosts/compute-1/watch")
                await #expect(throws: (any Error).self) { try await client.execute(refused, timeout: .seconds(600)) }
            }
        }
    }

    @Test func `a revoked certificate ends the stream and is refused from then on`() async throws {
        try await AgentListener.run { listener in
            let credentials = try await listener.enrol(host)
            let client = try Self.client(credentials)
            defer { client.shutdown { _ in } }
            let watch = HTTPClientRequest(url: "\(listener.secure)/agent/v1/hosts/compute-1/watch")
            let stream = try await client.execute(watch, deadline: .distantFuture)
            #expect(stream.status == .ok)
            var chunks = stream.body.makeAsyncIterator()
            #expect(try await chunks.next() != nil)
            let revoked = try await listener.world.write { transaction in
                try CertificateBook.revokeAll(of: host, at: TimeSource.system.now(), in: transaction)
            }
            #expect(revoked.certificates == 1)
            while try await chunks.next() != nil {}
            #expect(try await client.execute(watch, timeout: .seconds(600)).status == .unauthorized)

            // The operator lets the host in again with a new token.
            let link = try await listener.link(host, try await listener.enrol(host))
            try await link.report(HostReport(generation: 1, devices: [], drivers: []))
            await link.close()
        }
    }

    @Test func `an agent comes back when its server does, and has missed nothing`() async throws {
        try await AgentListener.run { listener in
            let credentials = try await listener.enrol(host)
            let tls = try listener.authority.listenerTLS(names: ["127.0.0.1"])
            let service = AgentEndpoints.service(
                hub: listener.world.hub, reception: listener.world.reception, enrolment: nil,
                authenticator: CertificateAuthenticator(store: listener.world.store))
            let port = try await LastingPort.find()
            let opened = Mutex<HTTPAgentLink?>(nil)
            let lines = ReceivedLines()
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await AgentListener.serve(service, tls: tls, port: port) { bound in
                    let link = try await listener.link(host, credentials, to: "https://127.0.0.1:\(bound)")
                    opened.withLock { $0 = link }
                }
                let link = try #require(opened.withLock { $0 })
                group.addTask {
                    for await line in link.desiredStates(after: 0) { lines.append(line) }
                }
                try await AgentListener.serve(service, tls: tls, port: port) { _ in
                    for await _ in lines.arrivals { break }
                }
                #expect(lines.last?.deviceWork == [])
                let item = LinkWorld.item(1)
                try await listener.world.enqueue(item, on: host)
                try await AgentListener.serve(service, tls: tls, port: port) { _ in
                    for await _ in lines.arrivals where lines.last?.deviceWork == [item] { break }
                }
                group.cancelAll()
                await link.close()
            }
        }
    }

    @Test func `a certificate is renewed at half of its life, and the former one holds on`() async throws {
        try await AgentListener.run(lifetime: .seconds(200)) { listener in
            let credentials = try await listener.enrol(host)
            let folder = try await listener.folder(host)
            #expect(try await folder.load() == credentials)
            let link = try await listener.link(host, credentials)
            try await link.renewIfDue()
            let renewed = try #require(try await folder.load())
            #expect(renewed != credentials)
            #expect(renewed.host == host)
            try await link.report(HostReport(generation: 1, devices: [], drivers: []))
            await link.close()
            let former = try await listener.link(host, credentials)
            try await former.report(HostReport(generation: 2, devices: [], drivers: []))
            await former.close()
        }
    }

    static func client(_ credentials: AgentCredentials) throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes([UInt8](credentials.authority.utf8)))
        tls.certificateChain = try NIOSSLCertificate.fromPEMBytes([UInt8](credentials.certificateChain.utf8))
            .map { .certificate($0) }
        tls.privateKey = .privateKey(
            try NIOSSLPrivateKey(bytes: [UInt8](credentials.privateKey.revealed.utf8), format: .pem))
        return HTTPClient(configuration: .init(tlsConfiguration: tls))
    }
}

/// Lines as they arrive.
final class ReceivedLines: Sendable {
    private let newest = Mutex<DesiredState?>(nil)
    private let bell = AsyncStream<Void>.makeStream()

    var last: DesiredState? { newest.withLock { $0 } }
    var arrivals: AsyncStream<Void> { bell.stream }

    func append(_ line: DesiredState) {
        newest.withLock { $0 = line }
        bell.continuation.yield()
    }
}
