import HTTPTypes
public import Model

extension RESTPlacementClient {
    /// The first version with a reshaper; consumers have had generations since 1.28.
    static let reshapeVersion = Microversion(1, 30)

    public func inventories(
        of ids: [ResourceProviderID]
    ) async throws(Fault) -> [ResourceProviderID: InventoriesView] {
        let found = try await SideBySide.run(ids) { id throws(Fault) -> InventoriesView? in
            do throws(Fault) {
                return try await inventories(of: id)
            } catch {
                if error.kind == .notFound { return nil }
                throw error
            }
        }
        var views: [ResourceProviderID: InventoriesView] = [:]
        for (id, view) in zip(ids, found) { views[id] = view }
        return views
    }

    public func holdings(on providers: [ResourceProviderID]) async throws(Fault) -> [ConsumerHolding] {
        let held = try await SideBySide.run(providers) { id throws(Fault) -> [ConsumerID: [ResourceClass: Int]] in
            do throws(Fault) {
                return try await allocations(of: id)
            } catch {
                if error.kind == .notFound { return [:] }
                throw error
            }
        }
        let consumers = Set(held.flatMap(\.keys)).sorted()
        return try await SideBySide.run(consumers) { id throws(Fault) in try await holding(of: id) }.compactMap { $0 }
    }

    /// Nil if the consumer no longer holds anything.
    private func holding(of consumer: ConsumerID) async throws(Fault) -> ConsumerHolding? {
        let request = request(.get, "/allocations/\(consumer)", version: Self.reshapeVersion)
        let answer = try await send(request)
        guard let document = try read(PlacementDocuments.ConsumerOrNothing.self, answer, request).consumer,
            let generation = document.generation
        else { return nil }
        var allocations: [ResourceProviderID: [ResourceClass: Int]] = [:]
        for (provider, part) in document.allocations {
            guard let id = ResourceProviderID(provider) else { continue }
            for (name, amount) in part.resources { allocations[id, default: [:]][.init(unchecked: name)] = amount }
        }
        return ConsumerHolding(
            consumer: consumer, allocations: allocations, project: document.project, user: document.user,
            generation: generation)
    }

    public func reshape(_ change: PlacementReshape) async throws(Fault) {
        var inventories: [String: PlacementDocuments.Inventories] = [:]
        for (id, view) in change.inventories {
            var records: [String: PlacementDocuments.InventoryRecord] = [:]
            for (resourceClass, inventory) in view.inventories { records[resourceClass.name] = .init(inventory) }
            inventories["\(id)"] = PlacementDocuments.Inventories(generation: view.generation, inventories: records)
        }
        var allocations: [String: PlacementDocuments.Consumer] = [:]
        for holding in change.holdings {
            var parts: [String: PlacementDocuments.Consumer.Part] = [:]
            for (provider, amounts) in holding.allocations {
                var resources: [String: Int] = [:]
                for (resourceClass, amount) in amounts { resources[resourceClass.name] = amount }
                parts["\(provider)"] = .init(resources: resources)
            }
            allocations["\(holding.consumer)"] = PlacementDocuments.Consumer(
                allocations: parts, project: holding.project, user: holding.user, generation: holding.generation)
        }
        let request = try request(
            .post, "/reshaper", PlacementDocuments.Reshape(inventories: inventories, allocations: allocations),
            version: Self.reshapeVersion)
        try expectSuccess(try await send(request), request)
    }
}
