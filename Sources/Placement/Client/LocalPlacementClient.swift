public import Clients
public import Model
import Store

/// Placement for other parts of the same process: the service's rules without HTTP.
public struct LocalPlacementClient: PlacementClient {
    let state: PlacementState

    public init(_ service: PlacementService) {
        state = service.state
    }

    public func provider(_ id: ResourceProviderID) async throws(Fault) -> ResourceProviderView? {
        try await read { try ProviderBook.find(id, in: $0).map(ResourceProviderView.init) }
    }

    public func provider(named name: String) async throws(Fault) -> ResourceProviderView? {
        try await read { transaction in
            try transaction.first(
                "SELECT \(ResourceProvider.columns) FROM resource_providers p WHERE p.name = \(name)"
            ) { row in ResourceProviderView(try ResourceProvider(row)) }
        }
    }

    public func tree(of id: ResourceProviderID) async throws(Fault) -> [ResourceProviderView] {
        try await read { transaction in
            try transaction.all(
                """
                SELECT \(ResourceProvider.columns) FROM resource_providers p
                WHERE p.root = (SELECT root FROM resource_providers WHERE uuid = \(id)) ORDER BY p.created_at, p.uuid
                """
            ) { row in ResourceProviderView(try ResourceProvider(row)) }
        }
    }

    public func createProvider(
        _ id: ResourceProviderID, name: String, parent: ResourceProviderID?
    ) async throws(Fault) -> ResourceProviderView {
        try await write { ledger in
            ResourceProviderView(try ProviderBook.create(id, name: name, parent: parent, in: ledger))
        }
    }

    public func deleteProvider(_ id: ResourceProviderID) async throws(Fault) {
        try await write { ledger in
            guard try ProviderBook.find(id, in: ledger.transaction) != nil else { return }
            try ProviderBook.delete(id, in: ledger)
        }
    }

    public func inventories(of id: ResourceProviderID) async throws(Fault) -> InventoriesView {
        try await read { transaction in
            let provider = try ProviderBook.get(id, in: transaction)
            let entries = try InventoryBook.entries(of: id, in: transaction)
            return InventoriesView(generation: provider.generation, inventories: entries.mapValues(\.inventory))
        }
    }

    public func setInventories(
        of id: ResourceProviderID, generation: Int, to inventories: [ResourceClass: Inventory]
    ) async throws(Fault) -> Int {
        try InventoryNumbers.check(inventories, of: id)
        return try await write { try InventoryBook.replace(of: id, from: generation, by: inventories, in: $0) }
    }

    public func traits(of id: ResourceProviderID) async throws(Fault) -> TraitsView {
        try await read { transaction in
            let provider = try ProviderBook.get(id, in: transaction)
            return TraitsView(generation: provider.generation, traits: try TraitBook.traits(of: id, in: transaction))
        }
    }

    public func setTraits(
        of id: ResourceProviderID, generation: Int, to traits: Set<Trait>
    ) async throws(Fault) -> Int {
        try await write { try TraitBook.replace(of: id, from: generation, by: traits, in: $0) }
    }

    public func ensure(resourceClass: ResourceClass) async throws(Fault) {
        if StandardResourceClasses.all.contains(resourceClass) { return }
        guard resourceClass.isCustom else { throw .notFound(PlacementFault.unknownClass(resourceClass)) }
        _ = try await write { try Vocabulary.add(resourceClass, in: $0) }
    }

    public func ensure(trait: Trait) async throws(Fault) {
        if StandardTraits.all.contains(trait) { return }
        guard trait.isCustom else { throw .notFound(PlacementFault.unknownTraits([trait])) }
        _ = try await write { try Vocabulary.add(trait, in: $0) }
    }

    public func allocations(
        of id: ResourceProviderID
    ) async throws(Fault) -> [ConsumerID: [ResourceClass: Int]] {
        try await read { transaction in
            _ = try ProviderBook.get(id, in: transaction)
            let holders = try ProviderAllocationEndpoint.holders(of: id, in: transaction).holders
            return Dictionary(
                uniqueKeysWithValues: holders.map { holder in
                    (
                        holder.consumer,
                        Dictionary(uniqueKeysWithValues: holder.resources.map { ($0.resourceClass, $0.amount) })
                    )
                })
        }
    }

    public func inventories(
        of ids: [ResourceProviderID]
    ) async throws(Fault) -> [ResourceProviderID: InventoriesView] {
        try await read { transaction in
            var views: [ResourceProviderID: InventoriesView] = [:]
            for part in ids.parts(of: 500) {
                var found: [ResourceProviderID: (generation: Int, inventories: [ResourceClass: Inventory])] = [:]
                try transaction.forEach(
                    """
                    SELECT p.uuid, p.generation, i.resource_class, i.total, i.reserved, i.min_unit, i.max_unit,
                        i.step_size, i.allocation_ratio
                    FROM resource_providers p LEFT JOIN inventories i ON i.provider = p.uuid
                    WHERE p.uuid IN \(list: part)
                    """
                ) { row in
                    let id: ResourceProviderID = try row[0]
                    let generation: Int = try row[1]
                    if found[id] == nil { found[id] = (generation, [:]) }
                    guard let name = try row[2] as ResourceClass? else { return }
                    found[id]?.inventories[name] = Inventory(
                        total: try row[3], reserved: try row[4], minUnit: try row[5], maxUnit: try row[6],
                        stepSize: try row[7], allocationRatio: try row[8])
                }
                for (id, seen) in found {
                    views[id] = InventoriesView(generation: seen.generation, inventories: seen.inventories)
                }
            }
            return views
        }
    }

    public func holdings(on providers: [ResourceProviderID]) async throws(Fault) -> [ConsumerHolding] {
        try await read { transaction in
            var holdings: [ConsumerID: ConsumerHolding] = [:]
            for part in providers.parts(of: 500) {
                try transaction.forEach(
                    """
                    SELECT a.consumer, a.provider, a.resource_class, a.used, c.project, c.owner, c.generation
                    FROM allocations a JOIN consumers c ON c.uuid = a.consumer
                    WHERE a.consumer IN (SELECT consumer FROM allocations WHERE provider IN \(list: part))
                    """
                ) { row in
                    let consumer: ConsumerID = try row[0]
                    let project: String = try row[4]
                    let user: String = try row[5]
                    let generation: Int = try row[6]
                    var holding =
                        holdings[consumer]
                        ?? ConsumerHolding(
                            consumer: consumer, allocations: [:], project: project, user: user, generation: generation)
                    holding.allocations[try row[1], default: [:]][try row[2]] = try row[3] as Int
                    holdings[consumer] = holding
                }
            }
            return holdings.values.sorted { $0.consumer < $1.consumer }
        }
    }

    public func reshape(_ change: PlacementReshape) async throws(Fault) {
        let claims = change.holdings.map { holding in
            ConsumerClaim(
                consumer: holding.consumer, allocations: holding.allocations, project: holding.project,
                user: holding.user, type: nil, generation: .exactly(holding.generation))
        }
        try await write { ledger in
            try Reshaper.reshape(
                change.inventories.map { ($0.key, $0.value.generation, $0.value.inventories) }, claims, in: ledger)
        }
    }

    private func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws(Fault) -> Result {
        do {
            return try await state.read(body)
        } catch {
            throw Self.fault(error)
        }
    }

    private func write<Result: Sendable>(
        _ body: @escaping @Sendable (Ledger) throws -> Result
    ) async throws(Fault) -> Result {
        do {
            return try await state.write(body)
        } catch {
            throw Self.fault(error)
        }
    }

    private static func fault(_ error: any Error) -> Fault {
        switch error {
        case let fault as Fault: fault
        case let known as any FaultConvertible: known.fault
        case is CancellationError: .unavailable("The call was cancelled.")
        default: .internalError(String(reflecting: error))
        }
    }
}

extension Array {
    /// Slices of at most `size`, for statements with lists.
    fileprivate func parts(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}

extension ResourceProviderView {
    init(_ provider: ResourceProvider) {
        self.init(
            id: provider.id, name: provider.name, generation: provider.generation, parent: provider.parent,
            root: provider.root)
    }
}
