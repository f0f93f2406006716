import Fleet
import Foundation
import Link
import Model
import Store
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct HubTests {
    let host: HostName = "compute-1"

    @Test func `a stream begins with the whole state and follows changes`() async throws {
        try await LinkWorld.run { world in
            let item = LinkWorld.item(1)
            try await world.enqueue(item, on: host)
            var lines = try await world.hub.desiredStates(of: host, after: 0).makeAsyncIterator()
            let first = try #require(await lines.next())
            #expect(first.deviceWork == [item])

            let second = LinkWorld.item(2)
            world.clock.advance(.seconds(1))
            try await world.enqueue(second, on: host)
            let next = try #require(await lines.next { $0.revision > first.revision })
            #expect(next.deviceWork == [item, second])
            #expect(next.revision > first.revision)

            let (dispatch, now) = (world.dispatch, world.clock.source.now())
            try await world.write { try dispatch.withdraw(item.id, at: now, in: $0) }
            #expect(await lines.next { $0.revision > next.revision }?.deviceWork == [second])
        }
    }

    @Test(arguments: [#"{"kind": "program"}"#, "no JSON"])
    func `an item that cannot be read holds up no other`(body: String) async throws {
        try await LinkWorld.run { world in
            let item = LinkWorld.item(1)
            try await world.enqueue(item, on: host)
            let now = world.clock.source.now()
            try await world.write { transaction in
                _ = try transaction.execute(
                    """
                    INSERT INTO work_items (id, host, state, body, created_at)
                    VALUES (\(WorkItemID(UUID())), \(HostName("compute-1")), 'wanted', \(body), \(now))
                    """)
            }
            var lines = try await world.hub.desiredStates(of: host, after: 0).makeAsyncIterator()
            #expect(await lines.next()?.deviceWork == [item])
            var other = try await world.hub.desiredStates(of: "compute-2", after: 0).makeAsyncIterator()
            #expect(await other.next() != nil)
        }
    }

    @Test func `only the host concerned gets a line`() async throws {
        try await LinkWorld.run { world in
            var mine = try await world.hub.desiredStates(of: host, after: 0).makeAsyncIterator()
            var other = try await world.hub.desiredStates(of: "compute-2", after: 0).makeAsyncIterator()
            _ = await mine.next()
            let before = try #require(await other.next())
            try await world.enqueue(LinkWorld.item(1), on: host)
            #expect(await mine.next { !$0.work.isEmpty } != nil)
            world.clock.advance(.seconds(16))
            let after = try #require(await other.next { $0.nonce != before.nonce })
            #expect(after.revision == before.revision)
            #expect(after.nonce != before.nonce)
        }
    }

    @Test func `a heartbeat line comes when nothing changes, with a nonce that proves the host up`() async throws {
        try await LinkWorld.run { world in
            var lines = try await world.hub.desiredStates(of: host, after: 0).makeAsyncIterator()
            let first = try #require(await lines.next())
            try await world.reception.heartbeat(
                Heartbeat(nonce: "ffff.0000", revision: 0, agentVersion: "1"), from: host)
            #expect(try await world.host(host)?.state == .unknown)
            try await world.reception.heartbeat(
                Heartbeat(nonce: first.nonce, revision: first.revision, agentVersion: "1"), from: "compute-2")
            #expect(try await world.host("compute-2")?.state == .unknown)
            try await world.reception.heartbeat(
                Heartbeat(nonce: first.nonce, revision: first.revision, agentVersion: "1"), from: host)
            #expect(try await world.host(host)?.state == .up)
            #expect(try await world.host(host)?.appliedRevision == first.revision)

            world.clock.advance(.seconds(15))
            let second = try #require(await lines.next { $0.nonce != first.nonce })
            #expect(second.revision == first.revision)
        }
    }

    @Test func `a silent host is marked down, and the fleet hears of it once`() async throws {
        try await LinkWorld.run { world in
            var lines = try await world.hub.desiredStates(of: host, after: 0).makeAsyncIterator()
            let first = try #require(await lines.next())
            try await world.reception.heartbeat(
                Heartbeat(nonce: first.nonce, revision: 0, agentVersion: "1"), from: host)
            let news = world.feed.news("test", of: [HostDirectory.stateChangeKind])
            world.clock.advance(.seconds(61))
            // What comes first may be the news that it is up.
            for await _ in news where try await world.host(host)?.state == .down { break }
            #expect(try await world.host(host)?.state == .down)
            #expect(world.fleet.notes.withLock { $0.states } == [.up, .down])
        }
    }

    @Test func `a second stream of a host ends the first`() async throws {
        try await LinkWorld.run { world in
            var first = try await world.hub.desiredStates(of: host, after: 0).makeAsyncIterator()
            _ = await first.next()
            var second = try await world.hub.desiredStates(of: host, after: 0).makeAsyncIterator()
            #expect(await second.next() != nil)
            while await first.next() != nil {}
            #expect(world.hub.watchers == 1)
        }
    }

    @Test func `an agent that is ahead of a restored database gets lines above what it has`() async throws {
        try await LinkWorld.run { world in
            var lines = try await world.hub.desiredStates(of: host, after: 4711).makeAsyncIterator()
            #expect(try #require(await lines.next()).revision > 4711)
            var again = try await world.hub.desiredStates(of: host, after: Int64.max).makeAsyncIterator()
            #expect(await again.next() != nil)
        }
    }

    @Test func `disabled providers stand in the line`() async throws {
        try await LinkWorld.run { world in
            var lines = try await world.hub.desiredStates(of: host, after: 0).makeAsyncIterator()
            _ = await lines.next()
            let provider = ResourceProviderID(UUID())
            world.fleet.notes.withLock { $0.disabled = [provider] }
            let (dispatch, now) = (world.dispatch, world.clock.source.now())
            try await world.write { try dispatch.touch(host, at: now, in: $0) }
            #expect(await lines.next { $0.devices?.disabled.isEmpty == false }?.devices?.disabled == [provider])
        }
    }

    @Test func `the in-process link speaks by the same rules`() async throws {
        try await LinkWorld.run { world in
            let link = InProcessAgentLink(host: host, hub: world.hub, reception: world.reception)
            let item = LinkWorld.item(1)
            try await world.enqueue(item, on: host)
            var lines = link.desiredStates(after: 0).makeAsyncIterator()
            let line = try #require(await lines.next())
            #expect(line.deviceWork == [item])
            try await link.finish(item.id, .done)
            try await link.finish(item.id, .failed("too late"))
            #expect(world.fleet.notes.withLock { $0.outcomes } == [item.id: [.done]])
            #expect(await lines.next { $0.work.isEmpty } != nil)
            let other = InProcessAgentLink(host: "compute-2", hub: world.hub, reception: world.reception)
            await #expect(throws: Fault.self) { try await other.finish(item.id, .done) }
        }
    }
}
