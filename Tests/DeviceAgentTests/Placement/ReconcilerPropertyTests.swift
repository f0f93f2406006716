import Drivers
import Model
import TestAgent
import TestPlacement
import TestWatched
import Testing

@testable import DeviceAgent

/// Random histories of hosts, run twice: once in peace, and once with calls that are refused, unheard or overtaken and with
/// agents that die. Whatever happens, a few passes in peace later both trees are the same, and nobody else's provider is touched.
@Suite struct ReconcilerPropertyTests {
    /// The names that a host's devices have, and what others do to them between two passes.
    private struct Round: Sendable {
        var wanted: [WantedProvider] = []
        var others: [@Sendable (ReconcilerWorld) -> Void] = []
    }

    private func history(_ numbers: inout SplitMix64) -> [Round] {
        let names = ["h1_FakeDevice", "h1_0000:0c:00.0", "h1_0000:3b:00.1", "h1_c", "h1_d"]
        return (0..<Int.random(in: 3...8, using: &numbers)).map { _ in
            var round = Round()
            for name in names where Bool.random(using: &numbers) {
                let traits = ["CUSTOM_A", "CUSTOM_B", "CUSTOM_C"].filter { _ in Bool.random(using: &numbers) }
                round.wanted.append(
                    wanted(
                        name, total: [1, 2, 16].randomElement(using: &numbers) ?? 1,
                        ["FPGA", "PGPU", "CUSTOM_QAT"][name.utf8.count % 3], traits: Set(traits),
                        isWithheld: Int.random(in: 0..<3, using: &numbers) == 0))
            }
            for name in names {
                switch Int.random(in: 0..<8, using: &numbers) {
                case 0: round.others.append { world in world.claim(name) }
                case 1, 2: round.others.append { world in world.release(name) }
                case 3:
                    let part = Double.random(in: 0..<1, using: &numbers)
                    round.others.append { world in
                        world.change(name) { provider in
                            for (key, inventory) in provider.inventories {
                                provider.inventories[key]?.reserved = Int(Double(inventory.total) * part)
                            }
                        }
                    }
                case 4: round.others.append { world in world.change(name) { $0.traits.insert(.ownerCyborg) } }
                case 5:
                    round.others.append { world in
                        guard world.provider(name)?.allocations.isEmpty == true else { return }
                        world.placement.state.change {
                            $0.providers[ProviderNames.identifier(ofProvider: name)] = nil
                        }
                    }
                default: break
                }
            }
            return round
        }
    }

    private func trees(
        of history: [Round], trouble numbers: SplitMix64?, seed: UInt64
    ) async throws -> [[String: MemoryPlacement.Shape]] {
        let world = ReconcilerWorld()
        var trees: [[String: MemoryPlacement.Shape]] = []
        let random = Watched(numbers ?? SplitMix64(seed: 0))
        func draw(_ range: Range<Int>) -> Int { random.change { Int.random(in: range, using: &$0) } }
        var agent = try world.agent()
        for round in history {
            for other in round.others { other(world) }
            if numbers != nil {
                world.placement.spoil { _, _ in
                    switch random.change({ Int.random(in: 0..<30, using: &$0) }) {
                    case 0: .refused(MemoryPlacement.unreachable)
                    case 1: .refused(.internalError("broken"))
                    case 2: .unheard
                    case 3, 4: .moved
                    case 5: .refused(MemoryPlacement.moved)
                    default: nil
                    }
                }
                for _ in 0..<draw(1..<4) {
                    if draw(0..<2) == 0 {
                        agent = try world.agent(Life(endsAt: draw(0..<40), takesEffect: draw(0..<2) == 0))
                    }
                    _ = await agent.reconcile(round.wanted, isComplete: draw(0..<2) == 0)
                }
                world.placement.spoil(nil)
                agent = try world.agent()
            }
            var outcome = await agent.reconcile(round.wanted, isComplete: true)
            if !outcome.problems.isEmpty { outcome = await agent.reconcile(round.wanted, isComplete: true) }
            #expect(outcome.problems == [], "seed \(seed)")
            #expect(world.isForeignUntouched, "seed \(seed)")
            expectWish(round.wanted, in: world, seed)
            trees.append(world.normalized(by: world.root))
        }
        return trees
    }

    private func expectWish(_ wanted: [WantedProvider], in world: ReconcilerWorld, _ seed: UInt64) {
        for provider in wanted {
            let found = world.provider(provider.name)
            #expect(found?.parent == world.root, "seed \(seed): \(provider.name)")
            #expect(found?.inventories.count == 1, "seed \(seed): \(provider.name)")
            let inventory = found?.inventories[provider.resourceClass]
            #expect(inventory?.total == provider.total && inventory?.maxUnit == provider.total, "seed \(seed)")
            if provider.isWithheld { #expect(inventory?.reserved == provider.total, "seed \(seed): \(provider.name)") }
            #expect(found?.traits.isSuperset(of: provider.traits) == true, "seed \(seed): \(provider.name)")
        }
        let names = Set(wanted.map(\.name))
        for (name, shape) in world.own where !names.contains(name) {
            #expect(world.provider(name)?.allocations.isEmpty == false, "seed \(seed): \(name) was to go")
            #expect(shape.inventories.values.allSatisfy { $0.reserved == $0.total }, "seed \(seed): \(name)")
        }
    }

    @Test func everyHistoryConverges() async throws {
        // Set this to a seed that failed to see it again.
        let only: UInt64? = nil
        let first = only ?? UInt64.random(in: 0...UInt64(UInt32.max))
        for seed in first..<(first + (only == nil ? 150 : 1)) {
            var numbers = SplitMix64(seed: seed)
            let history = history(&numbers)
            let peace = try await trees(of: history, trouble: nil, seed: seed)
            let trouble = try await trees(of: history, trouble: numbers, seed: seed)
            // By round, and as truth values: the trees themselves fill pages.
            let differing = peace.indices.filter { trouble[$0] != peace[$0] }
            #expect(differing == [], "seed \(seed)")
        }
    }
}
