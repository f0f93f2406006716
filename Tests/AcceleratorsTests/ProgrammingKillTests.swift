import HTTPTypes
import Link
import Model
import TestImages
import TestJSON
import TestStore
import Testing
import Workflows

/// The process dies at every write that it makes while an image is loaded, before the commit or right after it; another replica goes on.
@Suite struct ProgrammingKillTests {
    /// The last write of the whole run is below it; a test proves that.
    static let writes = 32

    private enum Ending: CaseIterable, Sendable {
        case loaded, refused, lost
    }

    private struct World {
        let doomed: AcceleratorFixture
        let heir: AcceleratorFixture
        var isDead: Bool { (doomed.serving as? MortalStore)?.isDead ?? false }
        var alive: AcceleratorFixture { isDead ? heir : doomed }
    }

    private func world(_ write: Int, _ commitsLast: Bool) async throws -> World {
        let images = MemoryImages()
        let heir = try await AcceleratorFixture(owner: "heir", images: images)
        try await heir.report(FPGAReports.host())
        let doomed = try await AcceleratorFixture(
            compute: heir.compute, on: heir, dyingAt: (write, commitsLast: commitsLast), owner: "doomed",
            images: images)
        return World(doomed: doomed, heir: heir)
    }

    private func run(_ world: World, _ ending: Ending) async throws {
        let id = try await ProgrammingTests.deployable(world.heir)["uuid"].text
        let path = "/v2/deployables/\(id)/program"
        let body = ProgrammingTests.body(MemoryImages.id)
        let first = try await world.alive.call(.patch, path, body, version: "2.6")
        if first.status >= 500 {
            // Who hears nothing calls again.
            let second = try await world.heir.call(.patch, path, body, version: "2.6")
            #expect(second.status == 202 || second.fault.contains("is being programmed"), "\(second.fault)")
        } else {
            #expect(first.status == 202, "\(first.fault)")
        }
        var hasWaited = false
        for _ in 0..<40 {
            await world.alive.engine.runDue()
            if world.isDead {
                if !hasWaited {
                    // The dead one's leases run out.
                    world.heir.clock.advance(.seconds(31))
                    hasWaited = true
                }
                await world.heir.engine.runDue()
            }
            guard let item = try await world.heir.work().first else { break }
            let outcome: WorkOutcome =
                switch (item.kind, ending) {
                case (.fetch, .lost): .failed("no room")
                case (.program, .refused): .programmed(ProgrammingRecord(failure: "told to"))
                case (.program, _): .programmed(ProgrammingRecord(logic: FPGAReports.after))
                default: .done
                }
            do { try await world.alive.finish(item, outcome) } catch is MortalStore.Dead { continue }
        }
        let programmings = try await world.heir.call(
            .get, "/v2/deployables/\(id)/programmings", version: "2.6"
        ).json["programmings"].array
        #expect(programmings.map { $0["status"].text } == [ending == .loaded ? "done" : "failed"])
        let shown = try await ProgrammingTests.deployable(world.heir)
        #expect(shown["bitstream_id"] == (ending == .loaded ? .text("\(MemoryImages.id)") : .null))
        #expect(try await world.heir.handleStates() == [(ending == .refused ? "error" : "available"): 1])
        #expect(try await world.heir.work() == [])
        #expect(try await world.heir.openWorkflows() == [])
        #expect(try await world.heir.withheld() == (ending == .refused ? [Reports.provider(1)] : []))
    }

    @Test(arguments: FaultMoments.upTo(ProgrammingKillTests.writes), [false, true])
    func `it is loaded all the same`(write: Int, commitsLast: Bool) async throws {
        try await run(try await world(write, commitsLast), .loaded)
    }

    @Test(arguments: FaultMoments.upTo(ProgrammingKillTests.writes), [false, true])
    func `it is set aside all the same`(write: Int, commitsLast: Bool) async throws {
        try await run(try await world(write, commitsLast), .refused)
    }

    @Test(arguments: FaultMoments.upTo(ProgrammingKillTests.writes), [false, true])
    func `it is left as it was all the same`(write: Int, commitsLast: Bool) async throws {
        try await run(try await world(write, commitsLast), .lost)
    }

    @Test func `the kills reach the last write`() async throws {
        for ending in Ending.allCases {
            let world = try await world(1000, true)
            try await run(world, ending)
            let count = (world.doomed.serving as? MortalStore)?.count ?? 0
            #expect(count > 5 && count <= Self.writes, "\(count) writes")
        }
    }
}
