import HTTPTypes
import Logging
import Model
import Placement
import Store
import Synchronization
import TestJSON
import TestStore
import Testing

/// Many clients who want the same units at once: every unit is sold once, and nobody is refused who could have been served.
@Suite(.everyEngine) struct FightTests {
    private static let clients = 32

    @Test(arguments: [false, true]) func claimsOfAHotProviderAllSucceedWhileThereIsRoom(isWarm: Bool) async throws {
        let fixture = try await PlacementFixture()
        if isWarm { try await fixture.service.warm() }
        let host = try await fixture.provider("host", ["VCPU": 10_000])
        let rounds = 8
        let refusals = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<Self.clients {
                group.addTask {
                    var refusals: [String] = []
                    for _ in 0..<rounds {
                        let answer = try await fixture.claim(PlacementFixture.newID(), [host: ["VCPU": 1]])
                        if answer.status != 204 { refusals.append("\(answer.status) \(answer.detail)") }
                    }
                    return refusals
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(refusals == [])
        #expect(try await use(of: host, in: fixture) == Self.clients * rounds)
        #expect(try await allocated(of: host, in: fixture).count == Self.clients * rounds)
        #expect(try await shown(host, in: fixture) == Self.clients * rounds)
    }

    @Test(arguments: [false, true]) func theLastUnitsAreSoldOnceEach(isWarm: Bool) async throws {
        let fixture = try await PlacementFixture()
        if isWarm { try await fixture.service.warm() }
        let host = try await fixture.provider("host", ["VCPU": 20])
        let granted = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<Self.clients {
                group.addTask {
                    var granted = 0
                    for _ in 0..<2 {
                        let answer = try await fixture.claim(PlacementFixture.newID(), [host: ["VCPU": 1]])
                        if answer.status == 204 {
                            granted += 1
                        } else {
                            #expect(answer.detail.contains("exceed the capacity"))
                        }
                    }
                    return granted
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(granted == 20)
        #expect(try await use(of: host, in: fixture) == 20)
    }

    /// Two replicas, each with an index of its own, over one database: 64 clients claim, move and give back the few units of
    /// four hosts.
    @Test func twoReplicasNeverOversellAndLoseNothing() async throws {
        let first = try await PlacementFixture()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let feeds = [ChangeFeed(first.store, logger: logger), ChangeFeed(first.store, logger: logger)]
        let replicas = [
            try await PlacementFixture(on: first, feed: feeds[0]),
            try await PlacementFixture(on: first, feed: feeds[1]),
        ]
        var hosts: [String] = []
        for number in 0..<4 { hosts.append(try await first.provider("host\(number)", ["PGPU": 3])) }
        let held = Held()
        try await withThrowingTaskGroup(of: Void.self) { running in
            for feed in feeds { running.addTask { try await feed.run() } }
            for replica in replicas { try await replica.service.warm() }
            try await withThrowingTaskGroup(of: Void.self) { [hosts] clients in
                for number in 0..<64 {
                    let replica = replicas[number % 2]
                    clients.addTask {
                        for round in 0..<6 {
                            let consumer = PlacementFixture.newID()
                            let host = hosts[(number + round) % hosts.count]
                            let claim = try await replica.claim(consumer, [host: ["PGPU": 1]])
                            guard claim.status == 204 else {
                                #expect(claim.detail.contains("exceed the capacity"))
                                continue
                            }
                            held.set(consumer, host)
                            let other = hosts[(number + round + 1) % hosts.count]
                            let move = try await replica.claim(consumer, [other: ["PGPU": 1]], generation: 1)
                            if move.status == 204 {
                                held.set(consumer, other)
                            } else {
                                #expect(move.detail.contains("exceed the capacity"))
                            }
                            if round == 5 { continue }
                            let back = try await replica.call(.delete, "/allocations/\(consumer)")
                            #expect(back.status == 204)
                            held.set(consumer, nil)
                        }
                    }
                }
                while try await clients.next() != nil {
                    for host in hosts { #expect(try await use(of: host, in: first) <= 3) }
                }
            }
            for feed in feeds { try await feed.catchUp() }
            running.cancelAll()
        }
        for host in hosts {
            let claimed = held.consumers(of: host)
            #expect(try await allocated(of: host, in: first) == claimed)
            #expect(try await use(of: host, in: first) == claimed.count)
            for replica in replicas { #expect(try await shown(host, in: replica) == claimed.count) }
        }
    }

    /// What the database says is used.
    private func use(of host: String, in fixture: PlacementFixture) async throws -> Int {
        try await fixture.store.read { transaction in
            try transaction.first("SELECT used FROM inventories WHERE provider = \(host)") { row in try row[0] as Int }
                ?? -1
        }
    }

    /// Who holds something, by the database.
    private func allocated(of host: String, in fixture: PlacementFixture) async throws -> Set<String> {
        try await fixture.store.read { transaction in
            Set(try transaction.all("SELECT consumer FROM allocations WHERE provider = \(host)") { row in try row[0] })
        }
    }

    /// What the index says is used.
    private func shown(_ host: String, in fixture: PlacementFixture) async throws -> Int? {
        let classes = ["VCPU", "PGPU"]
        for name in classes {
            let snapshot = try await fixture.call(.get, "/allocation_candidates?resources=\(name):1&in_tree=\(host)")
            let summary = snapshot.json["provider_summaries"][host]["resources"][name]
            if let used = summary["used"].integer { return used }
        }
        // Where nothing is free there is no candidate to show it.
        return try await use(of: host, in: fixture)
    }
}

/// Who holds a unit of which host, as the clients know.
private final class Held: Sendable {
    private let hosts = Mutex<[String: String]>([:])

    func set(_ consumer: String, _ host: String?) { hosts.withLock { $0[consumer] = host } }

    func consumers(of host: String) -> Set<String> {
        hosts.withLock { hosts in Set(hosts.filter { $0.value == host }.keys) }
    }
}
