public import Clients
public import Model
public import TestWatched

/// Placement in memory, with the original's rules for generations, names and what is in use. A test may spoil any call.
///
/// The contract of the real clients holds for it, too: see `PlacementContract`.
public final class MemoryPlacement: PlacementClient {
    public let state = Watched(State())
    private let spoiler = Watched<Spoiler?>(nil)
    private let life = Watched<(@Sendable () -> Fate)?>(nil)

    public init() {}

    public func spoil(_ spoiler: Spoiler?) { self.spoiler.change { $0 = spoiler } }

    /// From now on a process calls of whose calls `life` says what becomes of them.
    public func begin(_ life: @escaping @Sendable () -> Fate) { self.life.change { $0 = life } }

    public static let moved = Fault(.conflict, "generation", code: "placement.concurrent_update")
    public static let unreachable = Fault.unavailable("Placement cannot be reached.")

    private func call<Result: Sendable>(
        _ name: String, _ id: ResourceProviderID? = nil, _ body: (inout State) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        // Other tasks may come in between, as on a wire.
        await Task.yield()
        let fate = life.value?() ?? .lives
        if fate == .diesBefore || fate == .isDead { throw Self.unreachable }
        let trouble = spoiler.value?(name, id)
        if case .refused(let fault) = trouble { throw fault }
        if state.value.isDown { throw Self.unreachable }
        let result = try state.change { (state: inout State) throws(Fault) -> Result in
            state.calls.append(name)
            if let id, state.providers[id] != nil {
                if case .moved = trouble { state.providers[id]?.generation += 1 }
                if case .claimed(let consumer) = trouble, let held = state.providers[id]?.inventories.keys.min() {
                    state.providers[id]?.allocations[consumer] = [held: 1]
                    state.providers[id]?.generation += 1
                }
            }
            return try body(&state)
        }
        if case .unheard = trouble { throw Self.unreachable }
        if fate == .diesAfter { throw Self.unreachable }
        return result
    }

    // MARK: PlacementClient

    public func provider(_ id: ResourceProviderID) async throws(Fault) -> ResourceProviderView? {
        try await call("provider", id) { state in Self.view(id, state) }
    }

    public func provider(named name: String) async throws(Fault) -> ResourceProviderView? {
        try await call("provider named") { state in
            state.providers.first { $0.value.name == name }.flatMap { Self.view($0.key, state) }
        }
    }

    public func tree(of id: ResourceProviderID) async throws(Fault) -> [ResourceProviderView] {
        try await call("tree", id) { state in
            guard let root = Self.view(id, state)?.root else { return [] }
            return state.providers.keys.sorted().compactMap { Self.view($0, state) }.filter { $0.root == root }
        }
    }

    public func createProvider(
        _ id: ResourceProviderID, name: String, parent: ResourceProviderID?
    ) async throws(Fault) -> ResourceProviderView {
        try await call("create", id) { (state: inout State) throws(Fault) in
            guard state.providers[id] == nil, !state.providers.values.contains(where: { $0.name == name }) else {
                throw Fault.conflict("There is one of that name.", code: "placement.duplicate_name")
            }
            if let parent, state.providers[parent] == nil { throw Fault.badRequest("The parent does not exist.") }
            state.providers[id] = Provider(name: name, parent: parent)
            guard let view = Self.view(id, state) else { throw Fault.internalError("no view") }
            return view
        }
    }

    public func deleteProvider(_ id: ResourceProviderID) async throws(Fault) {
        try await call("delete", id) { (state: inout State) throws(Fault) in
            state.deleted.append(id)
            guard let provider = state.providers[id] else { return }
            guard provider.allocations.isEmpty else {
                throw Fault.conflict("It has allocations.", code: "placement.resource_provider.inuse")
            }
            guard !state.providers.values.contains(where: { $0.parent == id }) else {
                throw Fault.conflict("It has children.", code: "placement.resource_provider.cannot_delete_parent")
            }
            state.providers[id] = nil
        }
    }

    public func inventories(of id: ResourceProviderID) async throws(Fault) -> InventoriesView {
        try await call("inventories", id) { (state: inout State) throws(Fault) in
            let provider = try Self.found(id, state)
            return InventoriesView(generation: provider.generation, inventories: provider.inventories)
        }
    }

    public func setInventories(
        of id: ResourceProviderID, generation: Int, to inventories: [ResourceClass: Inventory]
    ) async throws(Fault) -> Int {
        try await call("set inventories", id) { (state: inout State) throws(Fault) in
            var provider = try Self.found(id, state)
            guard provider.generation == generation else { throw Self.moved }
            for (resourceClass, inventory) in inventories {
                guard state.classes.contains(resourceClass) else { throw Fault.badRequest("No such class.") }
                guard (1...Inventory.limit).contains(inventory.total),
                    (0...inventory.total).contains(inventory.reserved), inventory.minUnit > 0, inventory.maxUnit > 0,
                    inventory.stepSize > 0, inventory.allocationRatio.magnitude < 4e38
                else { throw Fault.badRequest("No such inventory.") }
            }
            let held = Set(provider.allocations.values.flatMap(\.keys))
            guard held.isSubset(of: inventories.keys) else {
                throw Fault.conflict("A class is in use.", code: "placement.inventory.inuse")
            }
            provider.inventories = inventories
            provider.generation += 1
            state.providers[id] = provider
            return provider.generation
        }
    }

    public func traits(of id: ResourceProviderID) async throws(Fault) -> TraitsView {
        try await call("traits", id) { (state: inout State) throws(Fault) in
            let provider = try Self.found(id, state)
            return TraitsView(generation: provider.generation, traits: provider.traits)
        }
    }

    public func setTraits(
        of id: ResourceProviderID, generation: Int, to traits: Set<Trait>
    ) async throws(Fault) -> Int {
        try await call("set traits", id) { (state: inout State) throws(Fault) in
            var provider = try Self.found(id, state)
            guard provider.generation == generation else { throw Self.moved }
            guard traits.isSubset(of: state.traits) else { throw Fault.badRequest("No such trait.") }
            if traits != provider.traits { provider.generation += 1 }
            provider.traits = traits
            state.providers[id] = provider
            return provider.generation
        }
    }

    public func ensure(resourceClass: ResourceClass) async throws(Fault) {
        try await call("ensure class") { (state: inout State) throws(Fault) in
            guard resourceClass.isCustom || state.classes.contains(resourceClass) else {
                throw Fault.notFound("No such class.")
            }
            state.classes.insert(resourceClass)
        }
    }

    public func ensure(trait: Trait) async throws(Fault) {
        try await call("ensure trait \(trait)") { (state: inout State) throws(Fault) in
            guard trait.isCustom || state.traits.contains(trait) else { throw Fault.notFound("No such trait.") }
            state.traits.insert(trait)
        }
    }

    public func allocations(of id: ResourceProviderID) async throws(Fault) -> [ConsumerID: [ResourceClass: Int]] {
        try await call("allocations", id) { (state: inout State) throws(Fault) in
            try Self.found(id, state).allocations
        }
    }

    public func inventories(
        of ids: [ResourceProviderID]
    ) async throws(Fault) -> [ResourceProviderID: InventoriesView] {
        try await call("inventories of all") { state in
            var views: [ResourceProviderID: InventoriesView] = [:]
            for id in ids {
                guard let provider = state.providers[id] else { continue }
                views[id] = InventoriesView(generation: provider.generation, inventories: provider.inventories)
            }
            return views
        }
    }

    public func holdings(on providers: [ResourceProviderID]) async throws(Fault) -> [ConsumerHolding] {
        try await call("holdings") { state in
            let consumers = Set(providers.flatMap { state.providers[$0]?.allocations.keys.map(\.self) ?? [] })
            return consumers.sorted().map { consumer in
                var allocations: [ResourceProviderID: [ResourceClass: Int]] = [:]
                for (id, provider) in state.providers { allocations[id] = provider.allocations[consumer] }
                return ConsumerHolding(
                    consumer: consumer, allocations: allocations, project: "p", user: "u",
                    generation: state.consumers[consumer] ?? 0)
            }
        }
    }

    public func reshape(_ change: PlacementReshape) async throws(Fault) {
        try await call("reshape") { (state: inout State) throws(Fault) in
            var after = state
            for (id, view) in change.inventories {
                guard let provider = after.providers[id] else { throw Fault.badRequest("No such provider.") }
                guard provider.generation == view.generation else { throw Self.moved }
                after.providers[id]?.inventories = view.inventories
                after.providers[id]?.generation += 1
            }
            for holding in change.holdings {
                guard state.consumers[holding.consumer] ?? 0 == holding.generation else { throw Self.moved }
                after.consumers[holding.consumer] = holding.generation + 1
                for id in after.providers.keys {
                    after.providers[id]?.allocations[holding.consumer] = holding.allocations[id]
                }
            }
            for provider in after.providers.values {
                var used: [ResourceClass: Int] = [:]
                for amounts in provider.allocations.values {
                    for (resourceClass, amount) in amounts { used[resourceClass, default: 0] += amount }
                }
                for (resourceClass, amount) in used {
                    guard let inventory = provider.inventories[resourceClass], amount <= inventory.capacity else {
                        throw Fault.conflict("\(provider.name) has no room.", code: "placement.inventory.inuse")
                    }
                }
            }
            state = after
        }
    }

    private static func found(_ id: ResourceProviderID, _ state: State) throws(Fault) -> Provider {
        guard let provider = state.providers[id] else { throw Fault.notFound("No such provider.") }
        return provider
    }

    private static func view(_ id: ResourceProviderID, _ state: State) -> ResourceProviderView? {
        guard let provider = state.providers[id] else { return nil }
        var root = id
        while let parent = state.providers[root]?.parent { root = parent }
        return ResourceProviderView(
            id: id, name: provider.name, generation: provider.generation, parent: provider.parent, root: root)
    }
}
