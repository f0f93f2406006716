import Model
import Search
import Store

/// Reads and writes a provider's inventories inside a transaction.
enum InventoryBook {
    /// One row: an inventory, its used amount, and the time of its last change.
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

    /// The inventories of several providers.
    static func entries(
        of ids: [ResourceProviderID], in transaction: any Transaction
    ) throws -> [ResourceProviderID: [ResourceClass: Entry]] {
        var entries: [ResourceProviderID: [ResourceClass: Entry]] = [:]
        try transaction.forEach(
            "SELECT provider, resource_class, \(columns) FROM inventories WHERE provider IN \(list: ids)"
        ) { row in
            let inventory = Inventory(
                total: try row[2], reserved: try row[3], minUnit: try row[4], maxUnit: try row[5],
                stepSize: try row[6], allocationRatio: try row[7])
            entries[try row[0], default: [:]][try row[1]] = Entry(
                inventory: inventory, used: try row[8], updatedAt: try row[9])
        }
        return entries
    }

    /// Throws 400 if one of these classes is unknown.
    static func check(_ names: Set<ResourceClass>, of id: ResourceProviderID, in transaction: any Transaction) throws {
        let unknown = try Vocabulary.unknown(names, in: transaction)
        guard unknown.isEmpty else {
            throw Fault.badRequest(
                "Unknown resource class in inventory for resource provider \(id): "
                    + unknown.sorted().map(PlacementFault.unknownClass).joined(separator: " "), field: "inventories")
        }
    }

    /// Replaces all inventories by `wanted`; returns the new generation.
    static func replace(
        of id: ResourceProviderID, from seen: Int?, by wanted: [ResourceClass: Inventory], in ledger: Ledger
    ) throws -> Int {
        let provider = try ProviderBook.get(id, in: ledger.transaction)
        if let seen, provider.generation != seen { throw PlacementFault.generationConflict() }
        return try replace(of: provider, by: wanted, in: ledger)
    }

    /// Replaces the inventories of a provider that was read in this transaction.
    static func replace(
        of provider: ResourceProvider, by wanted: [ResourceClass: Inventory], in ledger: Ledger
    ) throws -> Int {
        try check(Set(wanted.keys), of: provider.id, in: ledger.transaction)
        return try replace(
            try entries(of: provider.id, in: ledger.transaction), of: provider.id, from: provider.generation,
            by: wanted, in: ledger)
    }

    /// Replaces the inventories in `present`; all classes must be known.
    static func replace(
        _ present: [ResourceClass: Entry], of id: ResourceProviderID, from seen: Int? = nil,
        by wanted: [ResourceClass: Inventory], in ledger: Ledger
    ) throws -> Int {
        let dropped = present.keys.filter { wanted[$0] == nil }
        let busy = dropped.filter { present[$0].map { $0.used > 0 } ?? false }
        guard busy.isEmpty else { throw PlacementFault.inventoryInUse(busy, id) }
        if !dropped.isEmpty {
            try ledger.transaction.execute(
                "DELETE FROM inventories WHERE provider = \(id) AND resource_class IN \(list: dropped.sorted())")
        }
        for (name, inventory) in wanted.sorted(by: { $0.key < $1.key }) where present[name]?.inventory != inventory {
            if present[name] == nil {
                try insert(inventory, name, of: id, in: ledger)
            } else {
                try update(inventory, name, of: id, in: ledger)
            }
        }
        let generation = try ledger.advance(id, from: seen)
        let stocks = wanted.map { name, inventory in
            ProviderDescription.Stock(name, inventory, used: present[name]?.used ?? 0)
        }
        ledger.changedOnly(.stocks(stocks), of: id)
        return generation
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
