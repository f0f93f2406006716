import Link
import Model
import Store
import TestJSON
import Testing

@testable import Accelerators

/// A host that says only what differs leaves the same record as one that says everything each time.
@Suite struct ReportChangeTests {
    /// Two fleets that hear the same of a host, one of them by changes.
    private struct Pair {
        let whole: AcceleratorFixture
        let parts: AcceleratorFixture
        var last: HostReport?

        init() async throws {
            whole = try await AcceleratorFixture()
            parts = try await AcceleratorFixture()
            for fixture in [whole, parts] { try await fixture.profile("p") }
        }

        /// Whether it was said as a change.
        @discardableResult
        mutating func hear(_ report: HostReport) async throws -> Bool {
            try await whole.report(report)
            let change = last.flatMap { HostReportChange(from: $0, to: report) }
            if let change {
                #expect(last?.applying(change).devices.count == report.devices.count)
                let now = parts.clock.source.now()
                try await parts.serving.write { [fleet = parts.service.fleet] transaction in
                    try fleet.receive(change, from: "host-a", at: now, in: transaction)
                }
            } else {
                try await parts.report(report)
            }
            last = report
            #expect(try await record(of: parts) == record(of: whole))
            return change != nil
        }

        func bind(_ provider: ResourceProviderID, _ number: Int) async throws {
            for fixture in [whole, parts] {
                let ids = try await fixture.requests("p")
                let answer = try await fixture.bind(ids, instance: Reports.instance(number), provider: provider)
                #expect(answer.status == 202, "\(answer.fault)")
            }
        }

        /// All but ids and times.
        private func record(of fixture: AcceleratorFixture) async throws -> [String] {
            try await fixture.store.read { transaction in
                var lines = try transaction.all(
                    """
                    SELECT d.control_path, d.facts, d.presence, p.name, p.is_present, p.accelerators, h.info, h.state,
                        h.is_present, h.position, r.instance, r.resource_provider
                    FROM devices d LEFT JOIN deployables p ON p.device = d.uuid
                        LEFT JOIN attach_handles h ON h.deployable = p.uuid
                        LEFT JOIN accelerator_requests r ON r.handle = h.uuid
                    ORDER BY d.control_path, p.name, h.position, h.info
                    """
                ) { row in
                    let texts: [String?] = [try row[0], try row[1], try row[2], try row[3], try row[6], try row[7]]
                    let numbers: [Int?] = [try row[4], try row[5], try row[8], try row[9]]
                    let holder: [String?] = [try row[10], try row[11]]
                    return "\(texts) \(numbers) \(holder)"
                }
                lines += try transaction.all("SELECT generation, drivers, conditions FROM accelerator_hosts") { row in
                    "\(try row[0] as Int64) \(try row[1] as String) \(try row[2] as String)"
                }
                return lines
            }
        }
    }

    @Test func `devices come, change and go`() async throws {
        var pair = try await Pair()
        var cards = (1...4).map { Reports.device($0, units: 2) }
        #expect(try await pair.hear(Reports.host(1, cards)) == false)
        try await pair.bind(Reports.provider(1), 1)
        cards[1].facts["health"] = "withdrawn: hot"
        #expect(try await pair.hear(Reports.host(2, cards)))
        cards.append(Reports.device(5))
        #expect(try await pair.hear(Reports.host(3, cards)))
        // The first is held and stays on record, the third goes.
        let held = cards.removeFirst()
        cards.remove(at: 1)
        #expect(try await pair.hear(Reports.host(4, cards)))
        cards.append(held)
        #expect(try await pair.hear(Reports.host(5, cards)))
        // Of a driver that failed the receiver may know more: the whole, twice.
        #expect(try await pair.hear(Reports.host(6, Array(cards.dropFirst()), failing: ["fake"])))
        #expect(try await pair.hear(Reports.host(7, Array(cards.dropFirst()))) == false)
        // Nothing stays as it was.
        for index in cards.indices { cards[index].facts["numa_node"] = "1" }
        #expect(try await pair.hear(Reports.host(8, cards)) == false)
    }

    @Test func `handles move between devices with whoever holds them`() async throws {
        var pair = try await Pair()
        var cards = (1...4).map { Reports.device($0, units: 2) }
        try await pair.hear(Reports.host(1, cards))
        try await pair.bind(Reports.provider(2), 1)
        // The held handle goes below the third card; the first and the fourth say nothing.
        let moving = cards[1].deployables[0].handles.removeFirst()
        cards[2].deployables[0].handles.append(moving)
        #expect(try await pair.hear(Reports.host(2, cards)))
        #expect(try await pair.parts.handleStates() == ["available": 7, "held": 1])
        // A card that names a handle of one that says nothing does not take it away.
        cards[3].deployables[0].handles.append(cards[0].deployables[0].handles[0])
        #expect(try await pair.hear(Reports.host(3, cards)))
    }
}
