import HTTPTypes
import Model
import Placement
import Synchronization
import TestJSON
import TestStore
import Testing

/// Random writers at the same time, on two replicas of one database, against what one writer after another would leave.
///
/// Each write that succeeds names the generation it read. If generations are linearizable, the successes of one object are a
/// chain: each follows on the one before, none is lost, and the last one's content is what is there at the end.
@Suite(.everyEngine) struct LinearizabilityTests {
    private static let capacity = 20

    /// What became of the writes of one object, by the generation that each followed on.
    private struct Chain: Sendable {
        var contents: [Int: JSON] = [:]
        var repeated: [Int] = []

        mutating func add(_ seen: Int, _ content: JSON) {
            if contents.updateValue(content, forKey: seen) != nil { repeated.append(seen) }
        }
    }

    private struct Story: Sendable {
        var consumers: [String: Chain] = [:]
        var stocks: [String: Chain] = [:]
        /// Successful requests that name a provider, each of which moves its generation by one.
        var moves: [String: Int] = [:]
        var strange: [String] = []
        var conflicts = 0
    }

    private final class Shared: Sendable {
        let value = Mutex(Story())
    }

    /// One writer: a client of one replica.
    private struct Writer: Sendable {
        let placement: PlacementFixture
        let providers: [String]
        let consumers: [String]
        let story: Shared

        func run(seed: UInt64, steps: Int) async throws {
            var chance = SplitMix64(seed: seed)
            for _ in 0..<steps {
                switch Int.random(in: 0..<10, using: &chance) {
                case 0..<6: try await claim(&chance)
                case 6..<8: try await claimTwo(&chance)
                default: try await restock(&chance)
                }
            }
        }

        private func wish(_ chance: inout SplitMix64) -> [String: [String: Int]] {
            let count = Int.random(in: 1...2, using: &chance)
            return Dictionary(
                uniqueKeysWithValues: providers.shuffled(using: &chance).prefix(count).map { id in
                    (id, ["VCPU": Int.random(in: 1...8, using: &chance)])
                })
        }

        private func generation(of consumer: String) async throws -> Int? {
            try await placement.call(.get, "/allocations/\(consumer)").json["consumer_generation"].integer
        }

        private func claim(_ chance: inout SplitMix64) async throws {
            let consumer = consumers[Int.random(in: consumers.indices, using: &chance)]
            let wish = wish(&chance)
            let seen = try await generation(of: consumer)
            let body = PlacementFixture.claim(wish, generation: seen)
            let answer = try await placement.call(.put, "/allocations/\(consumer)", body)
            note(answer) { story in
                story.consumers[consumer, default: Chain()].add(seen ?? 0, body["allocations"])
                for id in wish.keys { story.moves[id, default: 0] += 1 }
            }
        }

        private func claimTwo(_ chance: inout SplitMix64) async throws {
            let pair = Array(consumers.shuffled(using: &chance).prefix(2))
            var bodies: [String: JSON] = [:]
            var seen: [String: Int?] = [:]
            var named: Set<String> = []
            for consumer in pair {
                let wish = wish(&chance)
                named.formUnion(wish.keys)
                let generation = try await generation(of: consumer)
                seen[consumer] = generation
                bodies[consumer] = PlacementFixture.claim(wish, generation: generation)
            }
            let answer = try await placement.call(.post, "/allocations", .object(bodies))
            note(answer) { story in
                for (consumer, body) in bodies {
                    story.consumers[consumer, default: Chain()].add((seen[consumer] ?? nil) ?? 0, body["allocations"])
                }
                for id in named { story.moves[id, default: 0] += 1 }
            }
        }

        private func restock(_ chance: inout SplitMix64) async throws {
            let id = providers[Int.random(in: providers.indices, using: &chance)]
            let seen = try await placement.generation(id)
            let disk = Int.random(in: 1...1_000_000, using: &chance)
            let answer = try await placement.call(
                .put, "/resource_providers/\(id)/inventories/DISK_GB",
                ["total": .integer(disk), "resource_provider_generation": .integer(seen)])
            note(answer) { story in
                story.stocks[id, default: Chain()].add(seen, .integer(disk))
                story.moves[id, default: 0] += 1
            }
        }

        private func note(_ answer: Answer, _ success: (inout Story) -> Void) {
            story.value.withLock { story in
                switch answer.status {
                case 200, 204: success(&story)
                case 409 where answer.code == "placement.concurrent_update": story.conflicts += 1
                case 409 where answer.detail.contains("exceed the capacity"): break
                default: story.strange.append("\(answer.status) \(answer.detail)")
                }
            }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func writersInAnyOrderLeaveOneHistory(_ seed: UInt64) async throws {
        let first = try await PlacementFixture()
        let second = try await PlacementFixture(on: first)
        // The other's index is never told what this one writes.
        try await second.service.warm()
        var providers: [String] = []
        var begun: [String: Int] = [:]
        for number in 0..<3 {
            let id = try await first.provider("p\(number)", ["VCPU": Self.capacity, "DISK_GB": 10])
            providers.append(id)
            begun[id] = try await first.generation(id)
        }
        let consumers = (0..<4).map { _ in PlacementFixture.newID() }
        try await first.service.warm()
        let box = Shared()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                let writer = Writer(
                    placement: number % 2 == 0 ? first : second, providers: providers, consumers: consumers, story: box)
                group.addTask { try await writer.run(seed: seed &* 1000 &+ UInt64(number), steps: 20) }
            }
            try await group.waitForAll()
        }
        let story = box.value.withLock { $0 }
        #expect(story.strange == [])
        try await checkConsumers(story, consumers, first)
        try await checkProviders(story, begun, consumers, first)
    }

    private func checkConsumers(_ story: Story, _ consumers: [String], _ placement: PlacementFixture) async throws {
        for consumer in consumers {
            let chain = story.consumers[consumer] ?? Chain()
            #expect(chain.repeated == [])
            #expect(chain.contents.keys.sorted() == Array(0..<chain.contents.count), "no write is lost or came twice")
            let now = try await placement.call(.get, "/allocations/\(consumer)").json
            guard let last = chain.contents[chain.contents.count - 1] else { continue }
            #expect(now["consumer_generation"].integer == chain.contents.count)
            #expect(Self.amounts(now["allocations"]) == Self.amounts(last))
        }
    }

    private func checkProviders(
        _ story: Story, _ begun: [String: Int], _ consumers: [String], _ placement: PlacementFixture
    ) async throws {
        for (id, start) in begun {
            let stock = story.stocks[id] ?? Chain()
            #expect(stock.repeated == [], "two writes followed on the same generation")
            #expect(try await placement.generation(id) == start + (story.moves[id] ?? 0))
            let disk = try await placement.call(.get, "/resource_providers/\(id)/inventories").json
            let last = stock.contents.max { $0.key < $1.key }?.value ?? 10
            #expect(disk["inventories"]["DISK_GB"]["total"] == last)
            let held = try await placement.call(.get, "/resource_providers/\(id)/allocations").json["allocations"]
            let sum = held.members.values.compactMap { $0["resources"]["VCPU"].integer }.reduce(0, +)
            let used = try await placement.call(.get, "/resource_providers/\(id)/usages").json["usages"]["VCPU"]
            #expect(used.integer == sum && sum <= Self.capacity)
        }
    }

    private static func amounts(_ allocations: JSON) -> [String: JSON] {
        allocations.members.mapValues { $0["resources"] }
    }
}
