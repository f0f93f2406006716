import Fleet
import Foundation
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

    /// What a second party says needs no change of the envelope.
    @Test func `each has its reports, its part of heartbeats and its details of outcomes`() async throws {
        let servers = ServerParty()
        try await LinkWorld.run(parties: [servers]) { world in
            let link: any DeviceLink = InProcessAgentLink(host: host, hub: world.hub, reception: world.reception)
            let body = JSONValue.object([.init("running", .array([.text("s1")]))])
            for generation: Int64 in [3, 3, 4] {
                try await link.report(PartyReport(generation: generation, body: body), of: "servers")
            }
            #expect(servers.reports.withLock { $0.map(\.generation) } == [3, 4])
            for (party, kind): (Party, Fault.Kind) in [
                ("servers", .conflict), ("volumes", .notFound), (.devices, .notFound),
            ] {
                let fault = await #expect(throws: Fault.self) {
                    try await link.report(PartyReport(generation: 2, body: body), of: party)
                }
                #expect(fault?.kind == kind, "\(party)")
            }
            let wild = await #expect(throws: Fault.self) {
                try await link.report(PartyReport(generation: -1, body: body), of: "servers")
            }
            #expect(wild?.kind == .badRequest)

            var beat = Heartbeat(nonce: nil, revision: 1, agentVersion: "2", kinds: Self.both)
            beat.sections["servers"] = .object([.init("slots", .integer(4))])
            try await link.heartbeat(beat)
            #expect(servers.beats.withLock { $0.compactMap(\.self).last?["slots"] } == .integer(4))

            let boot = ServerParty.boot()
            try await world.enqueue(boot, on: host)
            let outcome = WorkOutcome(details: [.init("console", .text("vnc"))])
            try await link.finish(boot.id, outcome)
            #expect(servers.outcomes.withLock { $0 } == [boot.id: outcome])
        }
    }

    @Test func `what parties say keeps its form on the wire`() throws {
        let outcomes = [
            WorkOutcome(details: [.init("console", .text("vnc")), .init("cleaning", .integer(3))]),
            WorkOutcome(
                failure: "why",
                details: [.init("exit", .integer(7)), .init("deep", .object([.init("a", .bool(true))]))]),
        ]
        for outcome in outcomes {
            #expect(try JSONDecoder().decode(WorkOutcome.self, from: JSONEncoder().encode(outcome)) == outcome)
        }
        // The envelope's own members are no details.
        #expect(WorkOutcome(details: [.init("status", .text("failed")), .init("reason", .text("why"))]) == .done)
        var beat = Heartbeat(
            nonce: "n", revision: 1, agentVersion: "2", certificates: CertificateChainHead(number: 2, hash: "h"))
        beat.sections["servers"] = .object([.init("slots", .integer(4))])
        #expect(try JSONDecoder().decode(Heartbeat.self, from: JSONEncoder().encode(beat)) == beat)
        let report = PartyReport(generation: 4, body: .array([.text("s")]))
        #expect(try JSONDecoder().decode(PartyReport.self, from: JSONEncoder().encode(report)) == report)
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
