import API
import Fleet
import Foundation
import Link
import LinkClient
import Model
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct RestartTests {
    let host: HostName = "compute-1"

    /// The control plane's side of the link as one process has it: database, hub, authority, listener with TLS.
    private func process(
        _ folder: URL, port: Int, _ body: @Sendable (LinkWorld, Enrolment, Int) async throws -> Void
    ) async throws {
        try await LinkWorld.run(folder: folder) { world in
            let authority = try await CertificateAuthority.open(folder: folder.appending(path: "ca").path)
            let enrolment = Enrolment(store: world.store, authority: authority)
            let service = AgentEndpoints.service(
                hub: world.hub, reception: world.reception, enrolment: enrolment,
                authenticator: CertificateAuthenticator(store: world.store))
            try await AgentListener.serve(service, tls: try authority.listenerTLS(names: ["127.0.0.1"]), port: port) {
                try await body(world, enrolment, $0)
            }
        }
    }

    @Test func `a control plane that comes back finds its agent, and the agent its work`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-restart-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let state = try await CredentialFolder(folder.appending(path: "agent").path)
        let (first, second) = (LinkWorld.item(1), LinkWorld.item(2, kind: .clean))
        let opened = Mutex<HTTPAgentLink?>(nil)
        let port = try await LastingPort.find()
        let lines = ReceivedLines()
        try await closing(opened) {
            try await withThrowingTaskGroup(of: Void.self) { agent in
                try await process(folder, port: port) { world, enrolment, port in
                    let token = try await enrolment.token(for: host)
                    let address = "https://127.0.0.1:\(port)"
                    let credentials = try await HostEnrolment(
                        folder: state, controlPlanes: [address], authorityFile: nil
                    )
                    .credentials(token: token, at: TimeSource.system.now())
                    let link = try HTTPAgentLink(
                        HTTPAgentLink.Settings(
                            controlPlanes: [address], silence: .seconds(20), reconnectFloor: .milliseconds(20),
                            reconnectCeiling: .milliseconds(100)),
                        credentials: credentials, folder: state, logger: LinkWorld.logger)
                    opened.withLock { $0 = link }
                    try await world.enqueue(first, on: host)
                    world.clock.advance(.milliseconds(1))
                    try await world.enqueue(second, on: host)
                }
                let link = try #require(opened.withLock { $0 })
                agent.addTask {
                    for await line in link.desiredStates(after: 0) { lines.append(line) }
                }
                // A second life: the agent does the first item, reports and proves that it lives.
                try await process(folder, port: port) { world, _, _ in
                    for await _ in lines.arrivals where lines.last?.deviceWork == [first, second] { break }
                    try await link.report(HostReport(generation: 1, devices: [], drivers: []))
                    try await link.finish(first.id, .done)
                    let line = try #require(lines.last)
                    try await link.heartbeat(
                        Heartbeat(nonce: line.nonce, revision: line.revision, agentVersion: "1"))
                    #expect(try await world.host(host)?.state == .up)
                    #expect(world.fleet.notes.withLock { $0.outcomes } == [first.id: [.done]])
                }
                let down = await #expect(throws: Fault.self) { try await link.finish(second.id, .done) }
                #expect(down?.kind.status == 503)
                // A third: what was done stays done, what was not is still wanted, and nothing is told twice.
                try await process(folder, port: port) { world, _, _ in
                    for await _ in lines.arrivals where lines.last?.deviceWork == [second] { break }
                    try await link.report(HostReport(generation: 1, devices: [], drivers: []))
                    try await link.finish(first.id, .failed("late"))
                    try await link.finish(second.id, .failed("the device is gone"))
                    for await _ in lines.arrivals where lines.last?.deviceWork == [] { break }
                    let notes = world.fleet.notes.withLock { $0 }
                    #expect(notes.reports.isEmpty)
                    #expect(notes.outcomes == [second.id: [.failed("the device is gone")]])
                    #expect(try await world.host(host)?.reportGeneration == 1)
                }
                agent.cancelAll()
            }
        }
    }

    /// Closes the link at the end of `body`, whichever it is: an open client that nobody holds ends the process.
    private func closing(_ link: borrowing Mutex<HTTPAgentLink?>, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            await link.withLock { $0 }?.close()
            throw error
        }
        await link.withLock { $0 }?.close()
    }
}
