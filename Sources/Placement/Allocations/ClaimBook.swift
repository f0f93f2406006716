import Model
import Store

/// Writes claims: those of all of a request's consumers in one transaction, or none.
///
/// Only this decides what is free: `used` of each inventory changes by compare-and-swap, so that no two claims get the
/// same unit, whichever replica they come through.
struct ClaimBook {
    let ledger: Ledger

    private typealias Key = InventoryKey

    private struct Consumer {
        let project: String
        let user: String
        let type: String?
        let generation: Int
    }

    func write(_ claims: [ConsumerClaim]) throws {
        let (consumers, held) = try consumers(claims.map(\.consumer))
        for claim in claims { try check(claim, consumers[claim.consumer]) }
        let stock = try stock(for: claims)
        try refuseUnknownClasses(claims)

        var change: [Key: Int] = [:]
        for amounts in held.values {
            for (key, amount) in amounts { change[key, default: 0].add(0 &- amount) }
        }
        for claim in claims {
            for (key, amount) in Self.amounts(claim) {
                guard let entry = stock[key] else { throw Self.noInventory(key) }
                try Self.checkUnits(amount, entry.inventory, key)
                change[key, default: 0].add(amount)
            }
        }
        for key in Set(claims.flatMap { Self.amounts($0).keys }) {
            guard let entry = stock[key], let delta = change[key] else { continue }
            try Self.checkRoom(entry, delta, key)
        }
        let used = try move(change, stock)
        for claim in claims {
            // Allocations refer to their consumer, so it comes before them and goes after them.
            if !claim.allocations.isEmpty { try keep(claim, consumers[claim.consumer]) }
            try rewrite(claim, held[claim.consumer] ?? [:])
            if claim.allocations.isEmpty {
                try ledger.transaction.execute("DELETE FROM consumers WHERE uuid = \(claim.consumer)")
            }
        }
        try advance(claims, held, used)
    }

    /// Deletes all allocations of `id`; returns false if there are none. Provider generations do not change.
    func release(_ id: ConsumerID) throws -> Bool {
        guard let amounts = try consumers([id]).held[id], !amounts.isEmpty else { return false }
        let used = try move(amounts.mapValues { 0 &- $0 }, [:])
        try ledger.transaction.execute("DELETE FROM allocations WHERE consumer = \(id)")
        try ledger.transaction.execute("DELETE FROM consumers WHERE uuid = \(id)")
        for (provider, used) in used.sorted(by: { $0.key < $1.key }) {
            try ledger.touch(provider)
            ledger.changedOnly(.used(used), of: provider)
        }
        return true
    }

    // MARK: What is there

    /// The existing consumers, and what they hold.
    private func consumers(
        _ ids: [ConsumerID]
    ) throws -> (known: [ConsumerID: Consumer], held: [ConsumerID: [Key: Int]]) {
        var known: [ConsumerID: Consumer] = [:]
        var held: [ConsumerID: [Key: Int]] = [:]
        try ledger.transaction.forEach(
            """
            SELECT c.uuid, c.project, c.owner, c.type, c.generation, a.provider, a.resource_class, a.used
            FROM consumers c LEFT JOIN allocations a ON a.consumer = c.uuid WHERE c.uuid IN \(list: ids)
            """
        ) { row in
            let id: ConsumerID = try row[0]
            if known[id] == nil {
                known[id] = Consumer(project: try row[1], user: try row[2], type: try row[3], generation: try row[4])
            }
            guard let provider = try row[5] as ResourceProviderID? else { return }
            held[id, default: [:]][Key(provider: provider, resourceClass: try row[6])] = try row[7] as Int
        }
        return (known, held)
    }

    private func stock(for claims: [ConsumerClaim]) throws -> [Key: InventoryBook.Entry] {
        let wanted = Set(claims.flatMap(\.allocations.keys))
        if wanted.isEmpty { return [:] }
        var stock: [Key: InventoryBook.Entry] = [:]
        var missing = wanted
        try ledger.transaction.forEach(
            """
            SELECT p.uuid, i.resource_class, i.total, i.reserved, i.min_unit, i.max_unit, i.step_size,
                i.allocation_ratio, i.used, i.updated_at
            FROM resource_providers p LEFT JOIN inventories i ON i.provider = p.uuid
            WHERE p.uuid IN \(list: wanted.sorted())
            """
        ) { row in
            let provider: ResourceProviderID = try row[0]
            missing.remove(provider)
            guard let name = try row[1] as ResourceClass? else { return }
            let inventory = Inventory(
                total: try row[2], reserved: try row[3], minUnit: try row[4], maxUnit: try row[5],
                stepSize: try row[6], allocationRatio: try row[7])
            stock[Key(provider: provider, resourceClass: name)] = InventoryBook.Entry(
                inventory: inventory, used: try row[8], updatedAt: try row[9])
        }
        if let first = missing.min() {
            throw Fault.badRequest(
                "Allocation for resource provider '\(first)' that does not exist.", field: "allocations")
        }
        return stock
    }

    // MARK: What may be

    private func check(_ claim: ConsumerClaim, _ known: Consumer?) throws {
        func conflict(_ expected: String, _ got: String) -> Fault {
            .conflict(
                "consumer generation conflict - expected \(expected) but got \(got); read the allocations of "
                    + "\(claim.consumer) again.", code: PlacementFault.Code.concurrentUpdate)
        }
        switch (claim.generation, known) {
        case (.any, _), (.absent, nil): return
        case (.absent, let known?): throw conflict("\(known.generation)", "null")
        case (.exactly(let seen), nil): throw conflict("null", "\(seen)")
        case (.exactly(let seen), let known?):
            guard known.generation == seen else { throw conflict("\(known.generation)", "\(seen)") }
        }
    }

    private func refuseUnknownClasses(_ claims: [ConsumerClaim]) throws {
        let names = Set(claims.flatMap { claim in claim.allocations.values.flatMap(\.keys) })
        let unknown = try Vocabulary.unknown(names, in: ledger.transaction)
        guard let first = unknown.min() else { return }
        throw Fault.badRequest(
            "Unable to allocate inventory for consumer \(claims.map(\.consumer.description).joined(separator: ", ")): "
                + PlacementFault.unknownClass(first), field: "allocations")
    }

    private static func amounts(_ claim: ConsumerClaim) -> [Key: Int] {
        var amounts: [Key: Int] = [:]
        for (provider, resources) in claim.allocations {
            for (name, amount) in resources { amounts[Key(provider: provider, resourceClass: name)] = amount }
        }
        return amounts
    }

    private static func noInventory(_ key: Key) -> Fault {
        .conflict(
            "Unable to allocate inventory: Inventory for '\(key.resourceClass)' on resource provider '\(key.provider)' "
                + "invalid: the provider has no inventory of this class.")
    }

    private static func checkUnits(_ amount: Int, _ inventory: Inventory, _ key: Key) throws(Fault) {
        guard inventory.admits(amount) else {
            throw .conflict(
                "Unable to allocate inventory: Unable to create allocation for '\(key.resourceClass)' on resource "
                    + "provider '\(key.provider)'. The requested amount would violate inventory constraints: \(amount) "
                    + "must be from \(inventory.minUnit) to \(inventory.maxUnit) and a multiple of \(inventory.stepSize)."
            )
        }
    }

    /// Capacity is compared with the ratio applied and not rounded. A provider over its capacity accepts a claim that
    /// does not increase its use.
    private static func checkRoom(_ entry: InventoryBook.Entry, _ delta: Int, _ key: Key) throws(Fault) {
        let inventory = entry.inventory
        guard Double(entry.used) + Double(delta) > inventory.room, delta > 0 || entry.used == 0 else { return }
        throw .conflict(
            "Unable to allocate inventory: Unable to create allocation for '\(key.resourceClass)' on resource provider "
                + "'\(key.provider)'. The requested amount would exceed the capacity: \(entry.used) of "
                + "\(inventory.capacity) are taken.")
    }

    // MARK: The change

    /// Updates the used amounts. Returns what is used now of each provider, by changed class.
    private func move(
        _ change: [Key: Int], _ stock: [Key: InventoryBook.Entry]
    ) throws -> [ResourceProviderID: [ResourceClass: Int]] {
        var used: [ResourceProviderID: [ResourceClass: Int]] = [:]
        for (key, delta) in change.sorted(by: { $0.key < $1.key }) where delta != 0 {
            var condition: SQL = "provider = \(key.provider) AND resource_class = \(key.resourceClass)"
            if let seen = stock[key]?.used { condition += " AND used = \(seen)" }
            let now = try ledger.transaction.first(
                "UPDATE inventories SET used = used + \(delta) WHERE \(condition) RETURNING used"
            ) { row in try row[0] as Int }
            guard let now else {
                throw Fault.conflict(
                    "Inventory and/or allocations changed while attempting to allocate; try again.",
                    code: PlacementFault.Code.concurrentUpdate)
            }
            used[key.provider, default: [:]][key.resourceClass] = now
        }
        return used
    }

    private func rewrite(_ claim: ConsumerClaim, _ held: [Key: Int]) throws {
        let wanted = Self.amounts(claim)
        for key in held.keys.sorted() where wanted[key] != held[key] {
            try ledger.transaction.execute(
                """
                DELETE FROM allocations WHERE consumer = \(claim.consumer) AND provider = \(key.provider)
                    AND resource_class = \(key.resourceClass)
                """)
        }
        var rows = Rows()
        for (key, amount) in wanted.sorted(by: { $0.key < $1.key }) where held[key] != amount {
            rows.add("(\(claim.consumer), \(key.provider), \(key.resourceClass), \(amount), \(ledger.now))")
        }
        for values in rows.parts {
            try ledger.transaction.execute(
                "INSERT INTO allocations (consumer, provider, resource_class, used, created_at) VALUES \(values)")
        }
    }

    /// Writes the consumer's own row: a new one, or one with the next generation.
    private func keep(_ claim: ConsumerClaim, _ known: Consumer?) throws {
        let written: Int
        if let known {
            let type = claim.type ?? known.type
            written = try ledger.transaction.execute(
                """
                UPDATE consumers SET project = \(claim.project), owner = \(claim.user), type = \(type),
                    generation = generation + 1, updated_at = \(ledger.now)
                WHERE uuid = \(claim.consumer) AND generation = \(known.generation)
                """)
        } else {
            written = try ledger.transaction.execute(
                """
                INSERT INTO consumers (uuid, project, owner, type, generation, created_at, updated_at)
                VALUES (\(claim.consumer), \(claim.project), \(claim.user), \(claim.type), 1, \(ledger.now),
                    \(ledger.now))
                ON CONFLICT (uuid) DO NOTHING
                """)
        }
        guard written == 1 else {
            throw Fault.conflict(
                "Another request changed the consumer \(claim.consumer); read its allocations again.",
                code: PlacementFault.Code.concurrentUpdate)
        }
    }

    /// Increases the generations of the providers that the request names or empties; of other providers only the
    /// revision.
    private func advance(
        _ claims: [ConsumerClaim], _ held: [ConsumerID: [Key: Int]], _ used: [ResourceProviderID: [ResourceClass: Int]]
    ) throws {
        var named: Set<ResourceProviderID> = []
        for claim in claims {
            if claim.allocations.isEmpty {
                named.formUnion(held[claim.consumer]?.keys.map(\.provider) ?? [])
            } else {
                named.formUnion(claim.allocations.keys)
            }
        }
        for id in named.sorted() {
            try ledger.advance(id)
            ledger.changedOnly(.used(used[id] ?? [:]), of: id)
        }
        for (id, used) in used.sorted(by: { $0.key < $1.key }) where !named.contains(id) {
            try ledger.touch(id)
            ledger.changedOnly(.used(used), of: id)
        }
    }
}
