import Drivers
import FoundationEssentials
import Model
import TestAgent
import TestPlacement
import TestWatched

@testable import Agent
@testable import DeviceAgent

/// A Placement with a host `h1`, providers of others around it, and agents of that host that come and go.
final class ReconcilerWorld: Sendable {
    let placement = MemoryPlacement()
    let disk = MemoryDisk()
    let root = ResourceProviderID(UUID())
    let consumer = ConsumerID(UUID())
    let foreign: [ResourceProviderID: MemoryPlacement.Provider]

    init() {
        let (root, other, nova) = (root, ResourceProviderID(UUID()), ResourceProviderID(UUID()))
        let device = ProviderNames.identifier(ofProvider: "h2_FakeDevice")
        foreign = [
            other: .init(name: "h2"),
            // Another host's device, and one that the compute service looks after itself.
            device: .init(name: "h2_FakeDevice", parent: other, inventories: [.fpga: Inventory(total: 16)]),
            nova: .init(
                name: "h1_0000:81:00.0", generation: 7, parent: root, inventories: [.pgpu: Inventory(total: 1)],
                traits: [.ownerCyborg]),
        ]
        let foreign = foreign
        placement.state.change { state in
            state.providers = foreign
            state.providers[root] = .init(name: "h1", inventories: [.vcpu: Inventory(total: 64)])
        }
    }

    /// A new process on the same disk.
    func agent(_ life: Life = Life(), mayMakeRoot: Bool = false) throws -> PlacementReconciler {
        placement.begin(life)
        return PlacementReconciler(
            placement: placement, root: RootProvider(name: "h1", mayBeMade: mayMakeRoot), host: "h1",
            keeper: try StateKeeper(disk: MortalDisk(disk: disk, life: life), logger: quiet), logger: quiet)
    }

    /// Whether every provider of others is as it was.
    var isForeignUntouched: Bool {
        let providers = placement.state.value.providers
        return foreign.allSatisfy { providers[$0.key] == $0.value }
            && providers[root]?.inventories == [.vcpu: Inventory(total: 64)]
    }

    /// The host's own providers, by name.
    var own: [String: MemoryPlacement.Shape] {
        let state = placement.state.value
        let shapes = state.shapes.filter { foreign[$0.key] == nil && $0.key != root }
        return Dictionary(uniqueKeysWithValues: shapes.values.map { ($0.name, $0) })
    }

    func provider(_ name: String) -> MemoryPlacement.Provider? {
        placement.state.value.providers[ProviderNames.identifier(ofProvider: name)]
    }

    /// Somebody else's change to one of the host's providers, with its generation.
    func change(_ name: String, _ body: (inout MemoryPlacement.Provider) -> Void) {
        placement.state.change { state in
            let id = ProviderNames.identifier(ofProvider: name)
            guard var provider = state.providers[id] else { return }
            body(&provider)
            provider.generation += 1
            state.providers[id] = provider
        }
    }

    func reserve(_ amount: Int, of name: String) {
        change(name) { provider in
            for key in provider.inventories.keys { provider.inventories[key]?.reserved = amount }
        }
    }

    func claim(_ name: String) {
        let consumer = consumer
        change(name) { provider in
            guard let key = provider.inventories.keys.min() else { return }
            provider.allocations[consumer] = [key: 1]
        }
    }

    /// Deleting allocations does not move generations.
    func release(_ name: String) {
        placement.state.change { state in
            state.providers[ProviderNames.identifier(ofProvider: name)]?.allocations = [:]
        }
    }
}
