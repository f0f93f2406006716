public import Model

/// Brings a database to the schema of this program, one migration per transaction, and refuses an unknown schema.
///
/// Each applied migration is recorded with the checksum of its statements. A different checksum means that a released
/// migration was edited. A recorded number or room that is unknown here means that a newer program extended the
/// database. A missing table whose migration is recorded, or the reverse, means that somebody emptied the database, or
/// that it belongs to another program. All of these are `StoreError.Code.schema`; they are checked first, and nothing
/// is changed.
public struct Migrator: Sendable {
    private let migrations: [Migration]

    public init(_ migrations: [Migration]) {
        self.migrations = [Self.changeLog] + migrations
    }

    /// Checks whether the database is empty, or was made by this program or an older release of it. Throws
    /// `StoreError.schema`; changes nothing.
    public func check(_ store: some StateStore) async throws {
        try await store.read { transaction in try SchemaCheck(migrations).run(in: transaction) }
    }

    public func run(on store: some StateStore, time: TimeSource = .system) async throws {
        try checkNumbers()
        try await check(store)
        try await step(on: store) { transaction in
            _ = try transaction.execute(SQL(schema: Self.table, transaction.dialect))
        }
        for migration in migrations {
            let now = time.now()
            try await step(on: store) { transaction in try apply(migration, at: now, in: transaction) }
        }
    }

    /// One transaction that changes the schema, alone in the database.
    ///
    /// On PostgreSQL, replicas that start together wait for one lock. A replica that waited has an older snapshot and
    /// may fail because of the other's changes; its next attempt sees them.
    private func step(
        on store: some StateStore, _ body: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws {
        guard store.dialect == .postgresql else { return try await store.write(body) }
        for _ in 0..<4 {
            do {
                return try await lockedStep(on: store, body)
            } catch let error as StoreError where error.code != .schema && error.code != .connection {
                continue
            }
        }
        try await lockedStep(on: store, body)
    }

    private func lockedStep(
        on store: some StateStore, _ body: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws {
        try await store.write { transaction in
            // A migration may take its time.
            try transaction.execute("SET LOCAL statement_timeout = 0")
            try transaction.forEach("SELECT pg_advisory_xact_lock(7740561859442993505)") { _ in }
            try body(transaction)
        }
    }

    private func apply(_ migration: Migration, at now: Timestamp, in transaction: any Transaction) throws {
        let recorded: Int64? = try transaction.first(
            "SELECT checksum FROM schema_migrations WHERE room = \(migration.room) AND number = \(migration.number)"
        ) { row in try row[0] }
        if let recorded {
            guard recorded == migration.checksum else {
                throw StoreError(
                    .schema,
                    "step \(migration.number) of the tables of '\(migration.room)' is not the one that made this database: "
                        + "it was made by another build of the program")
            }
            return
        }
        let own = transaction.dialect == .sqlite ? migration.sqlite : migration.postgresql
        for statement in migration.statements + own {
            try transaction.execute(SQL(schema: statement, transaction.dialect))
        }
        try transaction.execute(
            """
            INSERT INTO schema_migrations (room, number, title, checksum, applied_at)
            VALUES (\(migration.room), \(migration.number), \(migration.title), \(migration.checksum), \(now))
            """)
    }

    /// Numbers count from 1 without gaps in each room.
    private func checkNumbers() throws {
        for (room, steps) in Dictionary(grouping: migrations, by: \.room) {
            guard steps.map(\.number) == Array(1...steps.count) else {
                throw StoreError(.schema, "the migrations of \(room) are not numbered 1 to \(steps.count) in order")
            }
        }
    }

    private static let table = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            room TEXT NOT NULL, number BIGINT NOT NULL, title TEXT NOT NULL, checksum BIGINT NOT NULL,
            applied_at BIGINT NOT NULL, PRIMARY KEY (room, number))
        """

    private static let changeLog = Migration(
        room: "store", number: 1, title: "the change log",
        statements: [
            """
            CREATE TABLE change_log (
                seq IDENTITY, kind TEXT NOT NULL, key TEXT NOT NULL, generation BIGINT NOT NULL)
            """
        ])
}

extension Migration {
    /// FNV-1a over the statements, 64 bits. It detects edits, not attacks.
    public var checksum: Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for statement in statements + sqlite + postgresql {
            for byte in statement.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            hash = (hash ^ 0xff) &* 0x100_0000_01b3
        }
        return Int64(bitPattern: hash)
    }
}

extension SQL {
    /// A statement of a migration in the engine's own type names.
    ///
    /// The common dialect's words are upper case and stand alone, so they are replaced as words: `BIGINT`, `DOUBLE
    /// PRECISION`, `BLOB`, and `IDENTITY` for the one key that the database counts itself.
    init(schema statement: String, _ dialect: Dialect) {
        let words: [(String, String)] =
            switch dialect {
            case .sqlite:
                [
                    ("IDENTITY", "INTEGER PRIMARY KEY AUTOINCREMENT"), ("DOUBLE PRECISION", "REAL"),
                    ("BIGINT", "INTEGER"),
                ]
            case .postgresql:
                [("IDENTITY", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"), ("BLOB", "BYTEA")]
            }
        var text = statement
        for (common, own) in words { text.replace(common, with: own) }
        if dialect == .sqlite, statement.hasPrefix("CREATE TABLE") { text += " STRICT" }
        self.init(stringLiteral: text)
    }
}
