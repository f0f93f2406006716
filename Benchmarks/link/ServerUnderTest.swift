import API
import Fleet
import Foundation
import Link
import LinkClient
import Logging
import Model
import Store
import StoreSQLite

/// The control plane's side of the link as a server has it: database, hub, feed, listener with mutual TLS; and as many
/// enrolled hosts as there will be agents.
struct ServerUnderTest: Sendable {
    let port: Int
    let hub: Hub
    /// Holds what the agents' process needs: `certificates.pem`, `key.pem`, `authority.pem`.
    let folder: String

    static func host(_ number: Int) -> String { "compute-\(number)" }

    static func run(
        agents: Int, files: Int, _ body: @Sendable (ServerUnderTest) async throws -> Bool
    ) async throws -> Bool {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
        let engine = try SQLiteStore(path: folder.appending(path: "state.db").path)
        try await Migrator(FleetMigrations.all).run(on: engine)
        let feed = ChangeFeed(engine, options: ChangeFeed.Options(), logger: logger)
        let settings = HubSettings()
        let fleet = IndifferentFleet()
        let reception = AgentReception(store: feed.store, parties: [fleet], rules: settings.livenessRules)
        let hub = Hub(reception: reception, settings: settings, feed: feed, logger: logger)
        let authority = try await CertificateAuthority.open(folder: folder.appending(path: "ca").path)
        let enrolment = Enrolment(store: feed.store, authority: authority)
        try await enrol(agents, enrolment, authority, folder)

        let service = AgentEndpoints.service(
            hub: hub, reception: reception, enrolment: enrolment,
            authenticator: CertificateAuthenticator(store: feed.store))
        let (ports, sink) = AsyncStream.makeStream(of: Int.self)
        let server = HTTPServer(
            ListenerConfiguration(
                host: "127.0.0.1", port: 0, tls: try authority.listenerTLS(names: ["127.0.0.1"]), logsAccess: false),
            dispatcher: Dispatcher([service], logger: logger), metrics: MetricsRegistry(), logger: logger,
            onListening: { sink.yield($0) })
        let result = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await server.run() }
            group.addTask { try await feed.run() }
            group.addTask { try await hub.run() }
            var iterator = ports.makeAsyncIterator()
            let port = await iterator.next() ?? 0
            defer { group.cancelAll() }
            return try await body(ServerUnderTest(port: port, hub: hub, folder: folder.path))
        }
        await engine.close()
        return result
    }

    /// A certificate for each host, all over one key: the server cannot tell, and the benchmark begins sooner.
    private static func enrol(
        _ agents: Int, _ enrolment: Enrolment, _ authority: CertificateAuthority, _ folder: URL
    ) async throws {
        let made = try HostKey.make(for: "host")
        var certificates = [String](repeating: "", count: agents)
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            var next = 0
            func add() {
                let number = next
                next += 1
                group.addTask {
                    let token = try await enrolment.token(for: HostName(host(number)))
                    let issued = try await enrolment.enrol(
                        EnrolmentRequest(token: token.revealed, signingRequest: made.request))
                    return (number, issued.certificateChain)
                }
            }
            while next < min(64, agents) { add() }
            for try await (number, certificate) in group {
                certificates[number] = certificate
                if next < agents { add() }
            }
        }
        try certificates.joined().write(
            to: folder.appending(path: "certificates.pem"), atomically: true, encoding: .utf8)
        try made.key.write(to: folder.appending(path: "key.pem"), atomically: true, encoding: .utf8)
        try authority.certificatePEM.write(
            to: folder.appending(path: "authority.pem"), atomically: true, encoding: .utf8)
    }
}

/// A fleet that wants nothing.
private struct IndifferentFleet: DeviceRecords {
    let party = Party.devices
    let kinds: Set<String> = []

    func receive(_ report: HostReport, from host: HostName, at now: Timestamp, in transaction: any Transaction) throws {
    }

    func receive(
        _ change: HostReportChange, from host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {}

    func finished(_ item: WorkItem, on host: HostName, _ outcome: WorkOutcome, in transaction: any Transaction) throws {
    }
}
