import API
import Foundation
import Logging
import Model
import Synchronization
import Testing

@testable import Fleet
@testable import Link
@testable import LinkClient

@Suite(.timeLimit(.minutes(30))) struct FailOverTests {
    let host: HostName = "compute-1"

    @Test func `one address is used until it does not answer, whoever notices`() {
        let addresses = ControlPlaneAddresses(["https://a/", "https://b", "https://c"])
        #expect(addresses.current == "https://a" && addresses.count == 3)
        addresses.leave("https://b")
        #expect(addresses.current == "https://a")
        addresses.leave("https://a")
        addresses.leave("https://a")
        #expect(addresses.current == "https://b")
        addresses.leave("https://b")
        addresses.leave("https://c")
        #expect(addresses.current == "https://a")
    }

    @Test func `of two control planes the one that is there serves stream, reports and enrolment`() async throws {
        try await AgentListener.run { listener in
            let dead = "https://127.0.0.1:\(try await LastingPort.find())"
            let token = try await listener.enrolment.token(for: host)
            let credentials = try await HostEnrolment(
                folder: try await listener.folder(host), controlPlanes: [dead, listener.secure], authorityFile: nil
            ).enrol(token: token, at: TimeSource.system.now())
            let link = try await listener.link(host, credentials, to: dead, listener.secure)
            try await link.report(HostReport(generation: 1, devices: [], drivers: []))
            #expect(listener.world.fleet.notes.withLock { $0.reports.count } == 1)
            var lines = link.desiredStates(after: 0).makeAsyncIterator()
            #expect(await lines.next() != nil)
            await link.close()
        }
    }

    @Test func `connecting, losing and finding the stream are logged once each`() async throws {
        try await AgentListener.run { listener in
            let credentials = try await listener.enrol(host)
            let tls = try listener.authority.listenerTLS(names: ["127.0.0.1"])
            let service = AgentEndpoints.service(
                hub: listener.world.hub, reception: listener.world.reception, enrolment: nil,
                authenticator: CertificateAuthenticator(store: listener.world.store))
            let (one, two) = (try await LastingPort.find(), try await LastingPort.find())
            let kept = KeptLog()
            let link = try await listener.link(
                host, credentials, to: "https://127.0.0.1:\(one)", "https://127.0.0.1:\(two)", logger: kept.logger)
            let lines = ReceivedLines()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await line in link.desiredStates(after: 0) { lines.append(line) }
                }
                try await AgentListener.serve(service, tls: tls, port: one) { _ in
                    for await _ in lines.arrivals { break }
                }
                // Gone; the other one takes over.
                let item = LinkWorld.item(1)
                try await listener.world.enqueue(item, on: host)
                try await AgentListener.serve(service, tls: tls, port: two) { _ in
                    for await _ in lines.arrivals where lines.last?.deviceWork == [item] { break }
                }
                group.cancelAll()
                await link.close()
            }
            let told = kept.lines
            #expect(kept.count("connecting to the control plane") == 1, "\(told)")
            #expect(kept.count("connected to the control plane") == 1, "\(told)")
            #expect(kept.count("the control plane is found again") == 1, "\(told)")
            #expect((1...2).contains(kept.count("the control plane is lost")), "\(told)")
            // Each address once an outage, whatever the number of tries.
            #expect(kept.count("does not answer") <= 2 * 3, "\(told)")
        }
    }

    @Test func `what stands in the way is told once an outage and for each address`() {
        let kept = KeptLog()
        var log = StreamLog(kept.logger)
        let refused = Fault.unauthorized("The agent's certificate was revoked.")
        for _ in 0..<3 {
            log.ended("https://a", Fault.unavailable("Nobody is there."))
            log.ended("https://b", refused)
        }
        log.opened("https://a")
        log.ended("https://a", nil)
        for _ in 0..<3 { log.ended("https://a", Fault.unavailable("Nobody is there.")) }
        log.opened("https://b")
        #expect(
            kept.lines == [
                "warning the control plane does not answer; it is asked again",
                "error the control plane refuses this host",
                "notice connected to the control plane", "warning the control plane is lost; it is looked for",
                "warning the control plane does not answer; it is asked again",
                "notice the control plane is found again",
            ])
    }

    @Test func `unreadable work is told once for each revision`() throws {
        let kept = KeptLog()
        var log = StreamLog(kept.logger)
        for (revision, work) in [(1, "{}"), (1, "{}"), (2, ""), (3, "{}")] {
            let line = #"{"revision": \#(revision), "nonce": "n", "disabled": [], "work": [\#(work)]}"#
            log.took(try JSONDecoder().decode(DesiredState.self, from: Data(line.utf8)))
        }
        #expect(kept.lines == Array(repeating: "error work items without a readable id are left out", count: 2))
    }
}
