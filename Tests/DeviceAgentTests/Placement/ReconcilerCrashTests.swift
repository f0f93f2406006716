import Model
import TestAgent
import TestPlacement
import Testing

@testable import DeviceAgent

/// A history of a host in steps, run with the agent dying at every operation of every step, be it a call to Placement or a
/// write to its disk, before and after the operation took effect. The next process always comes to the same tree.
@Suite struct ReconcilerCrashTests {
    private struct Step: Sendable {
        let others: @Sendable (ReconcilerWorld) -> Void
        let wanted: [WantedProvider]
    }

    private static let history: [Step] = [
        Step(
            others: { _ in },
            wanted: [
                wanted("h1_a", total: 16), wanted("h1_b", "CUSTOM_QAT", isWithheld: true), wanted("h1_c", total: 2),
            ]),
        Step(
            others: { world in
                world.reserve(3, of: "h1_a")
                world.change("h1_c") { $0.traits.insert(.ownerCyborg) }
                world.claim("h1_c")
            },
            wanted: [
                wanted("h1_a", total: 16, isWithheld: true), wanted("h1_b", "CUSTOM_QAT"),
                wanted("h1_d", traits: ["CUSTOM_X", "CUSTOM_Y"]),
            ]),
        Step(
            others: { world in world.release("h1_c") },
            wanted: [wanted("h1_a", total: 8), wanted("h1_d", traits: ["CUSTOM_Y"])]),
        Step(others: { _ in }, wanted: []),
    ]

    private func run(
        crashIn step: Int?, at operation: Int, takesEffect: Bool
    ) async throws -> (trees: [[String: MemoryPlacement.Shape]], operations: [Int], world: ReconcilerWorld) {
        let world = ReconcilerWorld()
        var trees: [[String: MemoryPlacement.Shape]] = []
        var operations: [Int] = []
        for (index, next) in Self.history.enumerated() {
            next.others(world)
            let life = index == step ? Life(endsAt: operation, takesEffect: takesEffect) : Life()
            _ = try await world.agent(life).reconcile(next.wanted, isComplete: true)
            operations.append(life.operations)
            if life.isDead { _ = try await world.agent().reconcile(next.wanted, isComplete: true) }
            trees.append(world.normalized(by: world.root))
            #expect(world.isForeignUntouched)
        }
        return (trees, operations, world)
    }

    @Test func everyCrashConverges() async throws {
        let clean = try await run(crashIn: nil, at: 0, takesEffect: false)
        #expect(clean.trees[1]["h1_c"]?.inventories[.fpga]?.reserved == 2)
        #expect(clean.trees[2]["h1_a"]?.inventories[.fpga]?.reserved == 3)
        #expect(clean.trees[3].isEmpty)
        var runs = 0
        for (step, count) in clean.operations.enumerated() {
            for operation in 0..<count {
                for takesEffect in [false, true] {
                    let crashed = try await run(crashIn: step, at: operation, takesEffect: takesEffect)
                    #expect(crashed.trees == clean.trees, "step \(step), operation \(operation), effect \(takesEffect)")
                    runs += 1
                }
            }
        }
        #expect(runs > 100)
    }
}

extension ReconcilerWorld {
    /// The own tree with the root's id left out, so that trees of two worlds compare.
    func normalized(by root: ResourceProviderID) -> [String: MemoryPlacement.Shape] {
        own.mapValues { shape in
            MemoryPlacement.Shape(
                name: shape.name, parent: shape.parent == root ? nil : shape.parent, inventories: shape.inventories,
                traits: shape.traits)
        }
    }
}
