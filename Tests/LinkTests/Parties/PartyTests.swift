import Fleet
import Link
import Model
import Store
import Synchronization
import Testing

/// Two services on one connection to agents.
@Suite(.timeLimit(.minutes(10))) struct PartyTests {
    let host: HostName = "compute-1"
    static let both = WorkKinds([.devices: ["clean", "prepare", "withdraw"], "servers": ["boot"]])

    @Test func `each has its work, its section and its outcomes`() async throws {
        let servers = ServerParty()
        try await LinkWorld.run(parties: [servers]) { world in
            var lines = try await world.hub.desiredStates(of: host, after: 0).makeAsyncIterator()
            let first = try #require(await lines.next())
            try await world.reception.heartbeat(
                Heartbeat(nonce: first.nonce, revision: 1, agentVersion: "2", kinds: Self.both), from: host)
            #expect(servers.states.withLock { $0 } == [.up] && world.fleet.notes.withLock { $0.states } == [.up])

            let (boot, prepare) = (ServerParty.boot(), LinkWorld.item(1))
            try await world.enqueue(boot, on: host)
            try await world.enqueue(prepare, on: host)
            let line = try #require(await lines.next { $0.work.count == 2 })
            #expect(line.work.contains(boot) && line.deviceWork == [prepare])
            #expect(line.sections["servers"]?["host"] == .text("compute-1") && line.devices != nil)

            try await world.reception.finish(boot.id, .done, from: host)
            try await world.reception.finish(prepare.id, .failed("why"), from: host)
            #expect(servers.outcomes.withLock { $0 } == [boot.id: .done])
            #expect(world.fleet.notes.withLock { $0.outcomes } == [prepare.id: [.failed("why")]])
        }
    }

    @Test func `a host is given no work that its agent does not know`() async throws {
        try await LinkWorld.run(parties: [ServerParty()]) { world in
            func refusal(_ item: WorkItem) async throws -> Fault? {
                await #expect(throws: Fault.self) { try await world.enqueue(item, on: host) }
            }
            // Nobody has heard of it, and then it says nothing of what it knows.
            #expect(try await refusal(ServerParty.boot())?.kind == .conflict)
            try await world.enqueue(LinkWorld.item(1), on: host)
            try await world.reception.heartbeat(Heartbeat(nonce: nil, revision: 0, agentVersion: "0.9"), from: host)
            let fault = try await refusal(ServerParty.boot())
            #expect(
                fault?.message
                    == "The agent of host 'compute-1' is of version 0.9, which does not know work of the kind 'boot' for "
                    + "'servers'; upgrade it.")
            try await world.enqueue(LinkWorld.item(2, kind: .clean), on: host)

            try await world.reception.heartbeat(
                Heartbeat(nonce: nil, revision: 0, agentVersion: "2", kinds: Self.both), from: host)
            try await world.enqueue(ServerParty.boot(), on: host)
            #expect(try await refusal(ServerParty.boot("migrate")) != nil)
            // It went back to the earlier release.
            try await world.reception.heartbeat(Heartbeat(nonce: nil, revision: 0, agentVersion: "0.9"), from: host)
            #expect(try await refusal(ServerParty.boot()) != nil)
        }
    }

    @Test func `an agent may not say without end what it knows`() async throws {
        try await LinkWorld.run { world in
            for kinds in [[String(repeating: "k", count: 65)], (0..<513).map { "k\($0)" }] {
                let known = WorkKinds([.devices: Set(kinds)])
                let beat = Heartbeat(nonce: nil, revision: 0, agentVersion: "2", kinds: known)
                let fault = await #expect(throws: Fault.self) {
                    try await world.reception.heartbeat(beat, from: host)
                }
                #expect(fault?.kind == .badRequest && fault?.field == "kinds")
            }
        }
    }
}
