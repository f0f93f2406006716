import Model
import Store

extension FreshClaims {
    /// Writes everything, or throws `Declined`.
    ///
    /// The statement that changes what is used checks again what the index predicted, so that no unit is sold twice and
    /// no limit of an inventory is exceeded.
    func write(in ledger: Ledger) throws {
        do {
            switch ledger.transaction.dialect {
            case .sqlite: try writeStepwise(in: ledger)
            case .postgresql: try writeAtOnce(in: ledger)
            }
        } catch {
            // An inventory or its provider went, or the consumer came.
            if let trouble = error as? StoreError, [.foreignKey, .unique].contains(trouble.code) { throw Declined() }
            throw error
        }
    }

    /// Writes with one statement per row, for an engine in this process.
    private func writeStepwise(in ledger: Ledger) throws {
        let transaction = ledger.transaction
        var rows = Rows()
        for claim in claims {
            rows.add(
                "(\(claim.consumer), \(claim.project), \(claim.user), \(claim.type), 1, \(ledger.now), \(ledger.now))")
        }
        var made = 0
        for values in rows.parts {
            made += try transaction.execute(
                """
                INSERT INTO consumers (uuid, project, owner, type, generation, created_at, updated_at)
                VALUES \(values) ON CONFLICT (uuid) DO NOTHING
                """)
        }
        guard made == claims.count else { throw Declined() }
        var used: [ResourceProviderID: [ResourceClass: Int]] = [:]
        for (key, draw) in draws.sorted(by: { $0.key < $1.key }) {
            let now = try transaction.first(
                """
                UPDATE inventories SET used = used + \(draw.amount)
                WHERE provider = \(key.provider) AND resource_class = \(key.resourceClass) AND min_unit <= \(draw.least)
                    AND max_unit >= \(draw.most) AND \(draw.divisor) % step_size = 0
                    AND used + \(draw.amount) <= (total - reserved) * allocation_ratio
                RETURNING used
                """
            ) { row in try row[0] as Int }
            guard let now else { throw Declined() }
            used[key.provider, default: [:]][key.resourceClass] = now
        }
        rows = Rows()
        for claim in claims {
            for (provider, resources) in claim.allocations {
                for (name, amount) in resources {
                    rows.add("(\(claim.consumer), \(provider), \(name), \(amount), \(ledger.now))")
                }
            }
        }
        for values in rows.parts {
            try transaction.execute(
                "INSERT INTO allocations (consumer, provider, resource_class, used, created_at) VALUES \(values)")
        }
        for (provider, times) in requests.sorted(by: { $0.key < $1.key }) {
            try ledger.advance(provider, times: times)
            ledger.changedOnly(.used(used[provider] ?? [:]), of: provider)
        }
    }

    /// Writes with one statement for everything, for an engine to which each statement is a round trip. Rows are locked
    /// in the order of the ids.
    private func writeAtOnce(in ledger: Ledger) throws {
        let now = ledger.now
        let sorted = draws.sorted { $0.key < $1.key }
        let draws = sorted.map(\.value)
        let holdings = claims.flatMap { claim in
            claim.allocations.flatMap { provider, resources in
                resources.map { (consumer: claim.consumer, provider: provider, name: $0, amount: $1) }
            }
        }
        let named = requests.sorted { $0.key < $1.key }
        let statement: SQL = """
            WITH moved AS (
                UPDATE inventories AS i SET used = i.used + d.amount
                FROM unnest(\(texts: sorted.map(\.key.provider.description)), \(texts: sorted.map(\.key.resourceClass.name)),
                    \(numbers: draws.map(\.amount)), \(numbers: draws.map(\.least)), \(numbers: draws.map(\.most)),
                    \(numbers: draws.map(\.divisor))) AS d (provider, resource_class, amount, least, most, divisor)
                WHERE i.provider = d.provider AND i.resource_class = d.resource_class AND i.min_unit <= d.least
                    AND i.max_unit >= d.most AND d.divisor % i.step_size = 0
                    AND i.used + d.amount <= (i.total - i.reserved) * i.allocation_ratio
                RETURNING i.provider, i.resource_class, i.used),
            made AS (
                INSERT INTO consumers (uuid, project, owner, type, generation, created_at, updated_at)
                SELECT c.uuid, c.project, c.owner, c.type, 1, \(now), \(now)
                FROM unnest(\(texts: claims.map(\.consumer.description)), \(texts: claims.map(\.project)),
                    \(texts: claims.map(\.user)), \(texts: claims.map(\.type))) AS c (uuid, project, owner, type)
                ON CONFLICT (uuid) DO NOTHING RETURNING uuid),
            held AS (
                INSERT INTO allocations (consumer, provider, resource_class, used, created_at)
                SELECT a.consumer, a.provider, a.resource_class, a.used, \(now)
                FROM unnest(\(texts: holdings.map(\.consumer.description)), \(texts: holdings.map(\.provider.description)),
                    \(texts: holdings.map(\.name.name)), \(numbers: holdings.map(\.amount)))
                    AS a (consumer, provider, resource_class, used)),
            advanced AS (
                UPDATE resource_providers AS p
                SET generation = p.generation + n.times, revision = p.revision + 1, updated_at = \(now)
                FROM unnest(\(texts: named.map(\.key.description)), \(numbers: named.map(\.value))) AS n (uuid, times)
                WHERE p.uuid = n.uuid RETURNING p.uuid, p.revision),
            noted AS (
                INSERT INTO change_log (kind, key, generation)
                SELECT \(Ledger.changeKind), uuid, revision FROM advanced ORDER BY uuid)
            SELECT provider, resource_class, used FROM moved
            UNION ALL SELECT uuid, NULL, revision FROM advanced
            UNION ALL SELECT NULL, NULL, COUNT(*) FROM made
            """
        var used: [ResourceProviderID: [ResourceClass: Int]] = [:]
        var revisions: [ResourceProviderID: Int64] = [:]
        var (moves, made) = (0, 0)
        try ledger.transaction.forEach(statement.noting(Ledger.changeKind).asWholeTransaction()) { row in
            guard let provider = try row[0] as ResourceProviderID? else { return made = try row[2] }
            if let name = try row[1] as ResourceClass? {
                used[provider, default: [:]][name] = try row[2] as Int
                moves += 1
            } else {
                revisions[provider] = try row[2] as Int64
            }
        }
        guard moves == draws.count, made == claims.count, revisions.count == named.count else { throw Declined() }
        for (provider, revision) in revisions {
            ledger.remember(noted: provider, revision: revision, used: used[provider] ?? [:])
        }
    }
}
