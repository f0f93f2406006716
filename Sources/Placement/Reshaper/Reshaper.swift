import Model

/// Replaces inventories and allocations together, for the endpoint and for other parts of the process.
enum Reshaper {
    static func reshape(
        _ wanted: [(id: ResourceProviderID, generation: Int, inventories: [ResourceClass: Inventory])],
        _ claims: [ConsumerClaim], in ledger: Ledger
    ) throws {
        let wanted = wanted.sorted { $0.id < $1.id }
        let ids = wanted.map(\.id)
        var checked: Set<ResourceClass> = []
        let known = try ProviderBook.find(Set(ids), in: ledger.transaction)
        for (id, generation, inventories) in wanted {
            guard let provider = known[id] else { throw unknown("\(id)") }
            guard provider.generation == generation else {
                throw Fault.conflict(
                    "resource provider generation conflict for provider \(id): actual: \(provider.generation), given: "
                        + "\(generation)", code: PlacementFault.Code.concurrentUpdate)
            }
            let names = Set(inventories.keys).subtracting(checked)
            try InventoryBook.check(names, of: id, in: ledger.transaction)
            checked.formUnion(names)
        }
        // Old and new side by side, so that allocations can move; then what was asked for.
        var present = try InventoryBook.entries(of: ids, in: ledger.transaction)
        for (id, generation, inventories) in wanted where !inventories.isEmpty {
            let union = (present[id] ?? [:]).mapValues(\.inventory).merging(inventories) { _, new in new }
            _ = try InventoryBook.replace(present[id] ?? [:], of: id, from: generation, by: union, in: ledger)
        }
        if !claims.isEmpty { try ClaimBook(ledger: ledger).write(claims) }
        present = try InventoryBook.entries(of: ids, in: ledger.transaction)
        for (id, _, inventories) in wanted {
            _ = try InventoryBook.replace(present[id] ?? [:], of: id, by: inventories, in: ledger)
        }
    }

    static func unknown(_ provider: String) -> Fault {
        .badRequest(
            "Resource provider \(provider) in inventories not found.", field: "inventories",
            code: PlacementFault.Code.providerNotFound)
    }
}
