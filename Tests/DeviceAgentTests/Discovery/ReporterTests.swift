import Link
import Model
import Synchronization
import TestAgent
import TestWatched
import Testing

@testable import DeviceAgent

/// What is sent of what was found.
@Suite struct ReporterTests {
    private let link = ScriptedLink()
    private let drivers = [DriverReport(name: "scripted", supportLevel: "supported")]

    private final class Clock: Sendable {
        private let now = Mutex(Timestamp(microseconds: 1_795_219_649_000_000))
        var source: TimeSource { TimeSource { [self] in now.withLock { $0 } } }
        func advance(_ span: Duration) { now.withLock { $0 = $0 + span } }
    }

    @Test func `the whole at first, then what differs, then that nothing does`() async throws {
        let clock = Clock()
        let reporter = Reporter(link: link, time: clock.source)
        var devices = [device("h1_a"), device("h1_b"), device("h1_c")]
        for _ in 0..<3 { try await reporter.report(devices: devices, drivers: drivers) }
        #expect(link.heard.value.reports.count == 1 && link.heard.value.changes.isEmpty)
        let gone = devices.removeFirst()
        devices[0].facts["health"] = "well"
        clock.advance(.seconds(60))
        try await reporter.report(devices: devices, drivers: drivers)
        let change = try #require(link.heard.value.changes.last)
        #expect(change.devices == [devices[0]] && change.gone == [.init(gone)])
        #expect(change.base == link.heard.value.reports[0].generation)
        #expect(link.heard.value.reports.last?.devices == devices)
        clock.advance(.seconds(599))
        try await reporter.report(devices: devices, drivers: drivers)
        #expect(link.heard.value.changes.count == 1)
        clock.advance(.seconds(1))
        try await reporter.report(devices: devices, drivers: drivers)
        let nothing = try #require(link.heard.value.changes.last)
        #expect(nothing.base == change.generation && nothing.generation == change.generation)
        #expect(nothing.devices.isEmpty && nothing.gone.isEmpty && link.heard.value.reports.count == 2)
    }

    @Test func `a service that was set back gets the whole`() async throws {
        let clock = Clock()
        let reporter = Reporter(link: link, time: clock.source)
        var devices = [device("h1_a"), device("h1_b")]
        try await reporter.report(devices: devices, drivers: drivers)
        link.heard.change { $0.reports = [] }
        clock.advance(.seconds(601))
        try await reporter.report(devices: devices, drivers: drivers)
        #expect(link.heard.value.reports.map(\.devices) == [devices])
        link.heard.change { $0.reports = [] }
        devices[1].facts["health"] = "well"
        try await reporter.report(devices: devices, drivers: drivers)
        #expect(link.heard.value.reports.map(\.devices) == [devices] && link.heard.value.changes.isEmpty)
    }

    @Test func `a change that nobody heard the answer to becomes the whole`() async throws {
        let clock = Clock()
        let reporter = Reporter(link: link, time: clock.source)
        var devices = [device("h1_a"), device("h1_b")]
        try await reporter.report(devices: devices, drivers: drivers)
        devices[0].facts["health"] = "well"
        // It was taken, but the agent does not know.
        let taken = HostReport(generation: 1 << 60, devices: devices, drivers: drivers)
        link.heard.change { $0.reports.append(taken) }
        try await reporter.report(devices: devices, drivers: drivers)
        #expect(link.heard.value.changes.isEmpty && link.heard.value.reports.count == 3)
        #expect(link.heard.value.reports.last?.devices == devices)
        // What fails for another reason is the caller's to try again.
        link.refuse(.unavailable("Nobody there."))
        devices[1].facts["health"] = "well"
        await #expect(throws: Fault.self) { try await reporter.report(devices: devices, drivers: drivers) }
        link.refuse(nil)
        try await reporter.report(devices: devices, drivers: drivers)
        #expect(link.heard.value.changes.count == 1 && link.heard.value.reports.last?.devices == devices)
    }
}
