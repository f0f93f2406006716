import Clients
import Model
import Synchronization

/// Inventories of providers with generations; the rest of Placement is not needed here. A test may let others write
/// between the reading and the writing, or cut the service off.
final class FakePlacement: PlacementClient {
    struct State: Sendable {
        var inventories: [ResourceProviderID: InventoriesView] = [:]
        /// What consumers hold.
        var holdings: [ConsumerHolding] = []
        var isDown = false
        var deleted: [ResourceProviderID] = []
        /// Before how many writes somebody else writes.
        var interruptions = 0
        var writes = 0
        var calls = 0
        /// The call that breaks.
        var failsAt = 0
    }

    private let state = Mutex(State())
    private let stage = Mutex<Stage?>(nil)

    /// The n-th call breaks.
    func fail(at call: Int, _ stage: Stage) {
        self.stage.withLock { $0 = stage }
        state.withLock { $0.failsAt = call }
    }

    private func isCut(_ state: inout State) -> Bool {
        state.calls += 1
        if state.calls == state.failsAt { stage.withLock { $0 }?.cut() }
        return state.isDown || state.calls == state.failsAt
    }

    func change<Result: Sendable>(_ body: (inout sending State) -> sending Result) -> Result {
        state.withLock { body(&$0) }
    }

    func set(_ provider: ResourceProviderID, total: Int, reserved: Int) {
        state.withLock { state in
            state.inventories[provider] = InventoriesView(
                generation: (state.inventories[provider]?.generation ?? 0) + 1,
                inventories: [.fpga: Inventory(total: total, reserved: reserved)])
        }
    }

    func hold(_ instance: InstanceID, _ units: [ResourceProviderID: Int]) {
        state.withLock { state in
            state.holdings.append(
                ConsumerHolding(
                    consumer: ConsumerID(instance.uuid), allocations: units.mapValues { [.fpga: $0] }, project: "p",
                    user: "u", generation: 1))
        }
    }

    func reserved(_ provider: ResourceProviderID) -> Int? {
        state.withLock { $0.inventories[provider]?.inventories[.fpga]?.reserved }
    }

    func inventories(of id: ResourceProviderID) async throws(Fault) -> InventoriesView {
        let (isDown, view): (Bool, InventoriesView?) = state.withLock { state in
            (self.isCut(&state), state.inventories[id])
        }
        if isDown { throw .unavailable("Placement cannot be reached.") }
        guard let view else { throw .notFound("No resource provider \(id).") }
        return view
    }

    func setInventories(
        of id: ResourceProviderID, generation: Int, to inventories: [ResourceClass: Inventory]
    ) async throws(Fault) -> Int {
        let isCut: Bool = state.withLock { state in
            self.isCut(&state)
        }
        if isCut { throw .unavailable("Placement cannot be reached.") }
        let outcome: Int? = state.withLock { state in
            guard let view = state.inventories[id] else { return nil }
            if state.interruptions > 0 {
                state.interruptions -= 1
                state.inventories[id] = InventoriesView(
                    generation: view.generation + 1, inventories: view.inventories)
                return nil
            }
            guard view.generation == generation else { return nil }
            state.writes += 1
            state.inventories[id] = InventoriesView(generation: generation + 1, inventories: inventories)
            return generation + 1
        }
        guard let outcome else {
            throw .conflict("resource provider generation conflict", code: "placement.concurrent_update")
        }
        return outcome
    }

    private static let unasked = Fault.internalError("not part of this double")
    func provider(_ id: ResourceProviderID) async throws(Fault) -> ResourceProviderView? { throw Self.unasked }
    func provider(named name: String) async throws(Fault) -> ResourceProviderView? { throw Self.unasked }
    func tree(of id: ResourceProviderID) async throws(Fault) -> [ResourceProviderView] { throw Self.unasked }
    func createProvider(
        _ id: ResourceProviderID, name: String, parent: ResourceProviderID?
    ) async throws(Fault) -> ResourceProviderView { throw Self.unasked }
    func deleteProvider(_ id: ResourceProviderID) async throws(Fault) {
        let isDown = state.withLock { state in
            if !state.isDown { state.deleted.append(id) }
            return state.isDown
        }
        if isDown { throw .unavailable("Placement cannot be reached.") }
    }
    var deleted: [ResourceProviderID] { state.withLock { $0.deleted } }
    func traits(of id: ResourceProviderID) async throws(Fault) -> TraitsView { throw Self.unasked }
    func setTraits(of id: ResourceProviderID, generation: Int, to traits: Set<Trait>) async throws(Fault) -> Int {
        throw Self.unasked
    }
    func ensure(resourceClass: ResourceClass) async throws(Fault) { throw Self.unasked }
    func ensure(trait: Trait) async throws(Fault) { throw Self.unasked }
    func allocations(of id: ResourceProviderID) async throws(Fault) -> [ConsumerID: [ResourceClass: Int]] {
        let (isDown, holdings) = state.withLock { ($0.isDown, $0.holdings) }
        if isDown { throw .unavailable("Placement cannot be reached.") }
        return Dictionary(holdings.compactMap { one in one.allocations[id].map { (one.consumer, $0) } }) { $1 }
    }
    func inventories(
        of ids: [ResourceProviderID]
    ) async throws(Fault) -> [ResourceProviderID: InventoriesView] { throw Self.unasked }
    func holdings(on providers: [ResourceProviderID]) async throws(Fault) -> [ConsumerHolding] {
        let (isDown, holdings) = state.withLock { ($0.isDown, $0.holdings) }
        if isDown { throw .unavailable("Placement cannot be reached.") }
        return holdings.filter { holding in providers.contains { holding.allocations[$0] != nil } }
    }
    func reshape(_ change: PlacementReshape) async throws(Fault) { throw Self.unasked }
}
