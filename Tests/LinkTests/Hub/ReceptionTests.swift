import Fleet
import Foundation
import Link
import Model
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct ReceptionTests {
    let host: HostName = "compute-1"

    @Test func `a report counts once a generation, and an older one is refused`() async throws {
        try await LinkWorld.run { world in
            let report = HostReport(generation: 5, devices: [], drivers: [])
            try await world.reception.report(report, from: host)
            try await world.reception.report(report, from: host)
            #expect(world.fleet.notes.withLock { $0.reports.count } == 1)
            let older = HostReport(generation: 4, devices: [], drivers: [])
            let fault = await #expect(throws: Fault.self) { try await world.reception.report(older, from: host) }
            #expect(fault?.kind == .conflict)
            #expect(fault?.headers == [.init(HostReport.generationHeader, "5")])
            try await world.reception.report(HostReport(generation: 6, devices: [], drivers: []), from: host)
            #expect(world.fleet.notes.withLock { $0.reports.count } == 2)
        }
    }

    @Test func `a change counts where its base was the last report`() async throws {
        try await LinkWorld.run { world in
            func change(_ base: Int64, _ generation: Int64) async throws {
                try await world.reception.change(
                    HostReportChange(base: base, generation: generation), from: host)
            }
            await #expect(throws: Fault.self) { try await change(0, 4) }
            try await world.reception.report(HostReport(generation: 5, devices: [], drivers: []), from: host)
            try await change(5, 7)
            try await change(5, 7)
            try await change(7, 7)
            for (base, generation): (Int64, Int64) in [(5, 8), (6, 6), (8, 8), (7, 3)] {
                let fault = await #expect(throws: Fault.self) { try await change(base, generation) }
                #expect(fault?.kind == .conflict)
                #expect(fault?.headers == [.init(HostReport.generationHeader, "7")])
            }
            #expect(world.fleet.notes.withLock { $0.changes.map(\.generation) } == [7])
            try await world.reception.report(HostReport(generation: 8, devices: [], drivers: []), from: host)
        }
    }

    @Test func `an item is enqueued once, and ends once`() async throws {
        try await LinkWorld.run { world in
            let item = LinkWorld.item(1)
            try await world.enqueue(item, on: host)
            let revision = try await world.host(host)?.revision
            try await world.enqueue(item, on: host)
            #expect(try await world.host(host)?.revision == revision)
            try await world.reception.finish(item.id, .failed("broken"), from: host)
            try await world.reception.finish(item.id, .done, from: host)
            #expect(world.fleet.notes.withLock { $0.outcomes } == [item.id: [.failed("broken")]])
            try await world.reception.finish(WorkItemID(UUID()), .done, from: host)
        }
    }

    @Test func `a withdrawn item's outcome changes nothing`() async throws {
        try await LinkWorld.run { world in
            let item = LinkWorld.item(1)
            try await world.enqueue(item, on: host)
            let (dispatch, now) = (world.dispatch, world.clock.source.now())
            try await world.write { try dispatch.withdraw(item.id, at: now, in: $0) }
            try await world.write { try dispatch.withdraw(item.id, at: now, in: $0) }
            try await world.reception.finish(item.id, .done, from: host)
            #expect(world.fleet.notes.withLock { $0.outcomes.isEmpty })
        }
    }

    @Test func `outcomes keep their form on the wire`() throws {
        for outcome in [
            WorkOutcome.done, .failed("no such device"), .programmed(ProgrammingRecord(logic: "f00d")),
            .programmed(ProgrammingRecord(failure: "bad header")),
        ] {
            let bytes = try JSONEncoder().encode(outcome)
            let read = try JSONDecoder().decode(WorkOutcome.self, from: bytes)
            #expect(try read == outcome && DeviceOutcome(read).outcome == outcome)
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(WorkOutcome.self, from: Data(#"{"status":"perhaps"}"#.utf8))
        }
        for text in [
            #"{"status":"done","cleaning":3}"#, #"{"status":"done","cleaning":{"methods":[]}}"#,
            #"{"status":"done","programming":{"failure":"why"}}"#, #"{"status":"failed","programming":{}}"#,
        ] {
            let outcome = try JSONDecoder().decode(WorkOutcome.self, from: Data(text.utf8))
            #expect(throws: Fault.self) { try DeviceOutcome(outcome) }
        }
    }
}
