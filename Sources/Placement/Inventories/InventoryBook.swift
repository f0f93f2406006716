import Model
import Store

/// What a provider has, and what may be done with it, inside a transaction.
enum InventoryBook {
    /// One row: an inventory, what is taken of it, and when it changed.
    struct Entry: Sendable {
        let inventory: Inventory
        let used: Int
        let updatedAt: Timestamp
    }

    private static let columns: SQL =
        "total, reserved, min_unit, max_unit, step_size, allocation_ratio, used, updated_at"

    static func entries(
        of id: ResourceProviderID, in transaction: any Transaction
    ) throws -> [ResourceClass: Entry] {
        var entries: [ResourceClass: Entry] = [:]
        try transaction.forEach("SELECT resource_class, \(columns) FROM inventories WHERE provider = \(id)") { row in
            let inventory = Inventory(
                total: try row[1], reserved: try row[2], minUnit: try row[3], maxUnit: try row[4],
                stepSize: try row[5], allocationRatio: try row[6])
            entries[try row[0]] = Entry(inventory: inventory, used: try row[7], updatedAt: try row[8])
        }
        return entries
    }

    /// Puts `wanted` in place of all inventories; answers the new generation.
    static func replace(
        of id: ResourceProviderID, from seen: Int?, by wanted: [ResourceClass: Inventory], in ledger: Ledger
    ) throws -> Int {
        let transaction = ledger.transaction
        let provider = try ProviderBook.get(id, in: transaction)
        if let seen, provider.generation != seen { throw PlacementFault.generationConflict() }
        let unknown = try Vocabulary.unknown(Set(wanted.keys), in: transaction)
        guard unknown.isEmpty else {
            throw Fault.badRequest(
                "Unknown resource class in inventory for resource provider \(id): "
                    + unknown.sorted().map(PlacementFault.unknownClass).joined(separator: " "), field: "inventories")
        }
        let present = try entries(of: id, in: transaction)
        let dropped = present.keys.filter { wanted[$0] == nil }
        let busy = dropped.filter { present[$0].map { $0.used > 0 } ?? false }
        guard busy.isEmpty else { throw PlacementFault.inventoryInUse(busy, id) }
        if !dropped.isEmpty {
            try transaction.execute(
                "DELETE FROM inventories WHERE provider = \(id) AND resource_class IN \(list: dropped.sorted())")
        }
        for (name, inventory) in wanted.sorted(by: { $0.key < $1.key }) where present[name]?.inventory != inventory {
            if present[name] == nil {
                try insert(inventory, name, of: id, in: ledger)
            } else {
                try update(inventory, name, of: id, in: ledger)
            }
        }
        return try ledger.advance(id, from: provider.generation)
    }

    static func insert(
        _ inventory: Inventory, _ name: ResourceClass, of id: ResourceProviderID, in ledger: Ledger
    ) throws {
        try ledger.transaction.execute(
            """
            INSERT INTO inventories (provider, resource_class, \(columns), created_at)
            VALUES (\(id), \(name), \(inventory.total), \(inventory.reserved), \(inventory.minUnit),
                \(inventory.maxUnit), \(inventory.stepSize), \(inventory.allocationRatio), 0, \(ledger.now),
                \(ledger.now))
            """)
    }

    static func update(
        _ inventory: Inventory, _ name: ResourceClass, of id: ResourceProviderID, in ledger: Ledger
    ) throws {
        try ledger.transaction.execute(
            """
            UPDATE inventories SET total = \(inventory.total), reserved = \(inventory.reserved),
                min_unit = \(inventory.minUnit), max_unit = \(inventory.maxUnit), step_size = \(inventory.stepSize),
                allocation_ratio = \(inventory.allocationRatio), updated_at = \(ledger.now)
            WHERE provider = \(id) AND resource_class = \(name)
            """)
    }
}
