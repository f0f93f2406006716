import Model

/// Replaces inventories and allocations together, for the endpoint and for other parts of the process.
enum Reshaper {
    static func reshape(
        _ wanted: [(id: ResourceProviderID, generation: Int, inventories: [ResourceClass: Inventory])],
        _ claims: [ConsumerClaim], in ledger: Ledger
    ) throws {
        let wanted = wanted.sorted { $0.id < $1.id }
        for (id, generation, _) in wanted {
            guard let provider = try ProviderBook.find(id, in: ledger.transaction) else { throw unknown("\(id)") }
            guard provider.generation == generation else {
                throw Fault.conflict(
                    "resource provider generation conflict for provider \(id): actual: \(provider.generation), given: "
                        + "\(generation)", code: PlacementFault.Code.concurrentUpdate)
            }
        }
        // Old and new side by side, so that allocations can move; then what was asked for.
        for (id, _, inventories) in wanted where !inventories.isEmpty {
            let present = try InventoryBook.entries(of: id, in: ledger.transaction).mapValues(\.inventory)
            let union = present.merging(inventories) { _, new in new }
            _ = try InventoryBook.replace(of: id, from: nil, by: union, in: ledger)
        }
        if !claims.isEmpty { try ClaimBook(ledger: ledger).write(claims) }
        for (id, _, inventories) in wanted {
            _ = try InventoryBook.replace(of: id, from: nil, by: inventories, in: ledger)
        }
    }

    static func unknown(_ provider: String) -> Fault {
        .badRequest(
            "Resource provider \(provider) in inventories not found.", field: "inventories",
            code: PlacementFault.Code.providerNotFound)
    }
}
