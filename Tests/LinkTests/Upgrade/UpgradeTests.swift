import Foundation
import HTTPTypes
import Model
import Store
import Synchronization
import Testing

@testable import Fleet
@testable import Link

/// Releases beside one another, in both orders: the earlier one is played by what it recorded and by how it read.
@Suite(.timeLimit(.minutes(10))) struct UpgradeTests {
    private static let host: HostName = "compute-1"
    private var host: HostName { Self.host }
    private typealias Old = Release2643fc0

    private static func beat(_ nonce: String) throws -> [UInt8] {
        [UInt8](try Old.messages.text("heartbeat").replacing("64f.ab12", with: nonce).utf8)
    }

    @Test func `an earlier agent stays up, binds and cleans with this control plane`() async throws {
        try await LinkWorld.run(parties: [ServerParty()]) { world in
            let agent = try await PlayedAgent(host, of: world)
            let next = try await agent.watch()
            let first = try Old.read(Old.State.self, try await next())
            #expect(first.work.isEmpty && first.disabled.isEmpty)
            #expect(await agent.say(.put, "report", try Old.messages.bytes("report")) == 204)
            #expect(await agent.say(.patch, "report", try Old.messages.bytes("report-change")) == 204)
            #expect(await agent.say(.put, "heartbeat", try Self.beat(first.nonce)) == 204)
            #expect(try await world.host(host)?.state == .up)
            #expect(try Old.read(Old.Holdings.self, try await agent.ask("holdings")).holdings.isEmpty)

            // What another service wants is not given to it, so that no line holds what it cannot read.
            await #expect(throws: Fault.self) { try await world.enqueue(ServerParty.boot(), on: host) }
            let wanted = [LinkWorld.item(1), LinkWorld.item(2, kind: .clean)]
            for work in wanted { try await world.enqueue(work, on: host) }
            var line = first
            while line.work.count < 2 { line = try Old.read(Old.State.self, try await next()) }
            let expected = try wanted.map { try Old.Work($0) }
            #expect(line.work.count == 2 && expected.allSatisfy { line.work.contains($0) })

            for (work, outcome) in zip(wanted, ["outcome-done", "outcome-cleaned"]) {
                #expect(await agent.say(.put, "work/\(work.id)", try Old.messages.bytes(outcome)) == 204)
            }
            while !line.work.isEmpty { line = try Old.read(Old.State.self, try await next()) }
            let outcomes = world.fleet.notes.withLock { $0.outcomes }
            #expect(outcomes[wanted[0].id] == [.done] && outcomes[wanted[1].id]?.count == 1)
        }
    }

    /// What this release's agent says, read as the earlier control plane did; what that one says, every test of recorded messages reads.
    @Test func `an earlier control plane reads what this agent says`() throws {
        let messages = RecordedMessages(release: "parties")
        let beat = try Old.read(Old.Beat.self, try messages.bytes("heartbeat"))
        #expect(beat.revision == 42 && beat.nonce == "64f.ab12" && beat.certificates?.number == 7)
        #expect(try Old.read(Old.Outcome.self, try messages.bytes("outcome-done")).status == "done")
        #expect(try Old.read(Old.Outcome.self, try messages.bytes("outcome-cleaned")).cleaning != nil)
        #expect(try Old.read(Old.Outcome.self, try messages.bytes("outcome-failed")).reason != nil)
        #expect(try Old.read(HostReport.self, try messages.bytes("report")).devices.count == 1)
        #expect(try Old.read(HostReportChange.self, try messages.bytes("report-change")).base == 5)
    }

    @Test func `an earlier agent reads who holds what`() throws {
        let messages = RecordedMessages(release: "parties")
        let typed = try Old.read(Old.Holdings.self, try messages.bytes("holdings-typed"))
        #expect(typed.holdings.map(\.driver) == ["pci", "cards", "cards"])
    }

    @Test func `an earlier replica reads and ends what this one asks for`() async throws {
        try await LinkWorld.run { world in
            let work = LinkWorld.item(1)
            try await world.enqueue(work, on: host)
            var lines = try await world.hub.desiredStates(of: host, after: 0).makeAsyncIterator()
            let first = try #require(await lines.next { !$0.work.isEmpty })
            let now = world.clock.source.now()
            let read = try await world.write { transaction in
                // Its statements, as they were.
                let bodies: [String] = try transaction.all(
                    """
                    SELECT host, body FROM work_items WHERE host IN \(list: [Self.host]) AND state = 'wanted'
                    ORDER BY created_at, id
                    """
                ) { try $0[1] }
                try transaction.execute(
                    """
                    UPDATE work_items SET state = 'done', reason = NULL, ended_at = \(now)
                    WHERE id = \(work.id) AND state = 'wanted'
                    """)
                try transaction.execute("UPDATE hosts SET revision = revision + 1 WHERE name = \(Self.host)")
                try transaction.note(change: HostDirectory.changeKind, key: Self.host.text, generation: 0)
                return bodies
            }
            #expect(try read.map { try Old.read(Old.Work.self, Array($0.utf8)) } == [try Old.Work(work)])
            #expect(await lines.next { $0.revision > first.revision }?.work.isEmpty == true)
            // Said to this replica again, it counts no more.
            try await world.reception.finish(work.id, .done, from: host)
            #expect(world.fleet.notes.withLock { $0.outcomes.isEmpty })
        }
    }

    @Test func `this replica reads and ends what an earlier one asks for`() async throws {
        try await LinkWorld.run { world in
            let body = try Old.messages.text("work-prepare")
            let work = try DeviceWork(WorkItem(json: body))
            let now = world.clock.source.now()
            try await world.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO work_items (id, host, state, body, created_at)
                    VALUES (\(work.id), \(Self.host), 'wanted', \(body), \(now)) ON CONFLICT (id) DO NOTHING
                    """)
                try transaction.execute(
                    """
                    INSERT INTO hosts (name, revision, report_generation, state, state_since, proofs, applied_revision,
                        agent_version, created_at)
                    VALUES (\(Self.host), 1, 0, 'unknown', \(now), 0, 0, '', \(now)) ON CONFLICT (name) DO NOTHING
                    """)
            }
            var lines = try await world.hub.desiredStates(of: host, after: 0).makeAsyncIterator()
            #expect(await lines.next()?.deviceWork == [work])
            try await world.reception.finish(work.id, .done, from: host)
            #expect(world.fleet.notes.withLock { $0.outcomes } == [work.id: [.done]])
        }
    }

    /// Heartbeats of one agent reach either replica.
    @Test func `what an agent knows is kept when an earlier replica hears it`() async throws {
        try await LinkWorld.run(parties: [ServerParty()]) { world in
            let beat = Heartbeat(nonce: nil, revision: 0, agentVersion: "2", kinds: PartyTests.both)
            try await world.reception.heartbeat(beat, from: host)
            let now = world.clock.source.now()
            try await world.write { transaction in
                _ = try transaction.execute(
                    """
                    UPDATE hosts SET proofs = 0, proven_at = NULL, heard_at = \(now), applied_revision = 1,
                        agent_version = '2' WHERE name = \(Self.host)
                    """)
            }
            try await world.enqueue(ServerParty.boot(), on: host)
        }
    }

    /// A release after this one, beside it: what it wants is handed on as it came, and its outcome is left to it.
    @Test func `this replica hands on what a later one wants`() async throws {
        let later = try WorkItemTests.later("kind", "program")
        try await LinkWorld.run { world in
            try await world.enqueue(WorkItemTests.known, on: host)
            let now = world.clock.source.now()
            for (id, body) in [(WorkItemTests.id, later), (WorkItemID(UUID()), ServerParty.boot().json)] {
                try await world.write { transaction in
                    try transaction.execute(
                        """
                        INSERT INTO work_items (id, host, state, body, created_at)
                        VALUES (\(id), \(Self.host), 'wanted', \(body), \(now))
                        """)
                    try HostDirectory.advance(Self.host, at: now, in: transaction)
                }
                let fault = await #expect(throws: Fault.self) {
                    try await world.reception.finish(id, .failed("why"), from: host)
                }
                #expect(fault?.kind == .unavailable && fault?.message.contains("does not know") == true)
            }
            var lines = try await world.hub.desiredStates(of: host, after: 0).makeAsyncIterator()
            let line = try #require(await lines.next { $0.work.count == 3 })
            #expect(line.deviceWork == [WorkItemTests.known])
            #expect(line.work.first { $0.id == WorkItemTests.id }?.json == later)
            try await world.reception.finish(WorkItemTests.known.id, .done, from: host)
            #expect(await lines.next { $0.deviceWork.isEmpty }?.work.count == 2)
        }
    }
}
