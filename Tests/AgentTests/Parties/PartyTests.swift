import CoreMetrics
import Link
import Model
import TestAgent
import TestWatched
import Testing

@testable import Agent

/// Two parties on one host: what becomes of one is nothing to the other.
@Suite(.timeLimit(.minutes(30))) struct PartyTests {
    private let link = ScriptedLink()
    private let sound = PlayedParty("sound")

    /// A wait that ends at once, whatever its span.
    private static let impatient: Waiting = { _ in
        await Task.yield()
        try Task.checkCancellation()
    }

    private func run(
        beside other: PlayedParty, wait: @escaping Waiting = quick, _ body: @escaping @Sendable () async -> Void
    ) async throws {
        let shell = try HostShell(
            host: "h1", link: link, disk: MemoryDisk(), time: .system, ids: .random, wait: wait,
            metrics: NOOPMetricsHandler.instance, logger: quiet)
        let agent = HostAgent(shell, version: "1", parties: [other, sound])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await agent.run() }
            await link.heard.until { $0.streams > 0 }
            await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func send(_ revision: Int64, _ work: [WorkItem] = [], sections: [Party: JSONValue] = [:]) {
        link.send(DesiredState(revision: revision, nonce: "n\(revision)", work: work, sections: sections))
    }

    @Test func eachHasItsOwnSectionAndItsOwnWork() async throws {
        let other = PlayedParty("other")
        let items = [sound.item("x"), other.item("x")]
        try await run(beside: other) {
            send(7, items, sections: ["sound": .text("for it")])
            let heard = await link.heard.until { $0.finished.count == 2 && $0.heartbeats.count == 1 }
            let kinds = WorkKinds(["sound": ["act"], "other": ["act"]])
            #expect(heard.heartbeats == [Heartbeat(nonce: "n7", revision: 7, agentVersion: "1", kinds: kinds)])
            #expect(Set(heard.finished.map(\.item)) == Set(items.map(\.id)))
            await sound.seen.until { $0.accepted == 1 }
        }
        #expect(sound.seen.value.sections == [JSONValue.text("for it")])
        #expect(other.seen.value.sections == [nil])
        #expect(sound.seen.value.done == [items[0].id])
        #expect(other.seen.value.done == [items[1].id])
    }

    @Test func aPartyThatFailsIsRunAgainAndStopsNobody() async throws {
        let broken = PlayedParty("broken", failures: 3)
        let items = [sound.item("x"), broken.item("x")]
        try await run(beside: broken) {
            await broken.seen.until { $0.runs == 4 }
            send(1, items)
            let heard = await link.heard.until { $0.finished.count == 2 && !$0.heartbeats.isEmpty }
            #expect(heard.finished.allSatisfy { $0.outcome == .done })
        }
        #expect(sound.seen.value.runs == 1)
    }

    /// It hangs with its section and with its work, of a subject of the same name; when it returns, it is told the last alone.
    @Test func aPartyThatHangsHoldsUpNeitherTheOtherNorTheHeartbeat() async throws {
        let hung = PlayedParty("hung", hangs: true)
        let items = [hung.item("x"), sound.item("x")]
        try await run(beside: hung, wait: Self.impatient) {
            for revision: Int64 in 1...3 {
                send(revision, items)
                await sound.seen.until { $0.revisions.last == revision }
                await hung.seen.until { !$0.revisions.isEmpty }
                await link.heard.until { $0.heartbeats.last?.revision == revision }
            }
            let heard = await link.heard.until { $0.finished.contains { $0.item == items[1].id } }
            #expect(heard.finished.allSatisfy { $0.item == items[1].id } && hung.seen.value.revisions == [1])
            hung.isFree.change { $0 = true }
            await hung.seen.until { $0.revisions == [1, 3] && $0.accepted > 0 }
            await link.heard.until { $0.finished.contains { $0.item == items[0].id } }
        }
    }
}
