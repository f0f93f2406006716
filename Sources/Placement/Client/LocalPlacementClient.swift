public import Clients
public import Model
import Store

/// Placement for other parts of the same process: the service's own rules without HTTP.
public struct LocalPlacementClient: PlacementClient {
    private let state: PlacementState

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
        try await write { try InventoryBook.replace(of: id, from: generation, by: inventories, in: $0) }
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
        guard resourceClass.isCustom else {
            throw .badRequest(
                "'\(resourceClass)' is no standard resource class; a custom one begins with CUSTOM_.",
                field: "resource_class")
        }
        _ = try await write { try Vocabulary.add(resourceClass, in: $0) }
    }

    public func ensure(trait: Trait) async throws(Fault) {
        if StandardTraits.all.contains(trait) { return }
        guard trait.isCustom else {
            throw .badRequest("'\(trait)' is no standard trait; a custom one begins with CUSTOM_.", field: "trait")
        }
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
        case is CancellationError: .unavailable("The call was given up.")
        default: .internalError(String(reflecting: error))
        }
    }
}

extension ResourceProviderView {
    init(_ provider: ResourceProvider) {
        self.init(
            id: provider.id, name: provider.name, generation: provider.generation, parent: provider.parent,
            root: provider.root)
    }
}
