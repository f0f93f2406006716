/// Checks whether a database is empty or was made by these migrations, before anything is changed.
struct SchemaCheck {
    private let migrations: [Migration]

    init(_ migrations: [Migration]) {
        self.migrations = migrations
    }

    /// Throws `StoreError.schema`, with a sentence that says what is wrong and what to do.
    func run(in transaction: any Transaction) throws {
        let present = try Self.tables(in: transaction)
        guard present.contains("schema_migrations") else {
            return try refuseTables(present, transaction.dialect, "no record of its schema (table schema_migrations)")
        }
        let recorded = try transaction.all("SELECT room, number FROM schema_migrations ORDER BY room, number") { row in
            Step(room: try row[0], number: try row[1])
        }
        if recorded.isEmpty {
            try refuseTables(
                present.subtracting(["schema_migrations"]), transaction.dialect,
                "an empty record of its schema (table schema_migrations)")
        }
        try refuseUnknown(recorded)
        try refuseMissing(recorded, present, transaction.dialect)
    }

    private struct Step: Hashable {
        let room: String
        let number: Int
    }

    private func refuseUnknown(_ recorded: [Step]) throws(StoreError) {
        let known = Set(migrations.map { Step(room: $0.room, number: $0.number) })
        let unknown = recorded.filter { !known.contains($0) }
        guard let first = unknown.first else { return }
        let steps = unknown.count == 1 ? "a step" : "\(unknown.count) steps"
        throw StoreError(
            .schema,
            "its schema has \(steps) that this program does not know (\(first.room) \(first.number)): a newer Kilonova "
                + "extended it. Start that one, or restore a backup from before")
    }

    /// Refuses a database with tables but without a record of them.
    private func refuseTables(_ present: Set<String>, _ dialect: Dialect, _ record: String) throws(StoreError) {
        // In a schema of a server other programs' tables may lie beside ours; a file is one program's.
        let own = Set(migrations.flatMap { $0.effects(dialect) }.map(\.table))
        guard let table = (dialect == .sqlite ? present : present.intersection(own)).sorted().first else { return }
        throw StoreError(
            .schema,
            "it has tables (\(table)) but \(record): it belongs to another program, or somebody emptied it. Name another "
                + "database, or restore a backup")
    }

    private func refuseMissing(_ recorded: [Step], _ present: Set<String>, _ dialect: Dialect) throws(StoreError) {
        let done = Set(recorded)
        var expected: Set<String> = []
        for migration in migrations where done.contains(Step(room: migration.room, number: migration.number)) {
            for effect in migration.effects(dialect) {
                switch effect {
                case .makes(let table): expected.insert(table)
                case .removes(let table): expected.remove(table)
                }
            }
        }
        let missing = expected.subtracting(present).sorted()
        guard !missing.isEmpty else { return }
        throw StoreError(
            .schema,
            "it lacks the tables \(missing.prefix(5).joined(separator: ", ")), which its record says were made: somebody "
                + "removed them. Restore a backup")
    }

    private static func tables(in transaction: any Transaction) throws -> Set<String> {
        let query: SQL =
            switch transaction.dialect {
            case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            case .postgresql: "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()"
            }
        return Set(try transaction.all(query) { row in try row[0] as String })
    }
}

extension Migration {
    /// The effect of a statement on the set of tables.
    enum Effect {
        case makes(String)
        case removes(String)

        var table: String {
            switch self {
            case .makes(let table), .removes(let table): table
            }
        }
    }

    /// The effects of the statements on the set of tables, in order.
    func effects(_ dialect: Dialect) -> [Effect] {
        (statements + (dialect == .sqlite ? sqlite : postgresql)).flatMap { statement -> [Effect] in
            let words = statement.split { " \n\t(".contains($0) }.map(String.init)
            func name(after count: Int) -> String? {
                let rest = words.dropFirst(count).drop { ["IF", "NOT", "EXISTS"].contains($0) }
                return rest.first?.filter { $0 != ";" }
            }
            if words.starts(with: ["CREATE", "TABLE"]) { return name(after: 2).map { [.makes($0)] } ?? [] }
            if words.starts(with: ["DROP", "TABLE"]) { return name(after: 2).map { [.removes($0)] } ?? [] }
            if words.starts(with: ["ALTER", "TABLE"]), let place = words.firstIndex(of: "RENAME"),
                words.dropFirst(place + 1).first == "TO", let old = name(after: 2), let new = name(after: place + 2)
            {
                return [.removes(old), .makes(new)]
            }
            return []
        }
    }
}
