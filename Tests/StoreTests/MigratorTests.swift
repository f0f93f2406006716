import Model
import Store
import TestStore
import Testing

@Suite struct MigratorTests {
    let second = Migration(room: "test", number: 2, title: "more", statements: ["CREATE TABLE more (a TEXT)"])

    func code(_ migrations: [Migration], on store: any StateStore) async -> StoreError.Code? {
        await #expect(throws: StoreError.self) { try await Migrator(migrations).run(on: store) }?.code
    }

    @Test(arguments: Engine.available)
    func `each runs once, later ones follow`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            try await Migrator([things]).run(on: store)
            try await Migrator([things, second]).run(on: store)
            let recorded = try await store.read { transaction in
                try transaction.all("SELECT number FROM schema_migrations WHERE room = 'test' ORDER BY number") { row in
                    try row[0] as Int
                }
            }
            #expect(recorded == [1, 2])
        }
    }

    @Test(arguments: Engine.available)
    func `an edited one is refused`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            let edited = Migration(
                room: "test", number: 1, title: "things", statements: ["CREATE TABLE others (a TEXT)"])
            #expect(await code([edited], on: store) == .schema)
        }
    }

    @Test(arguments: Engine.available)
    func `a database of a newer program is refused`(engine: Engine) async throws {
        try await engine.withStore([things, second]) { store in
            #expect(await code([things], on: store) == .schema)
        }
    }

    @Test(arguments: Engine.available)
    func `a database with a room of a newer program is refused before anything is changed`(engine: Engine) async throws
    {
        try await engine.withStore([things]) { store in
            try await store.write { transaction in
                try transaction.execute(
                    "INSERT INTO schema_migrations (room, number, title, checksum, applied_at) VALUES ('later', 1, 'x', 1, 1)"
                )
            }
            let error = await #expect(throws: StoreError.self) {
                try await Migrator([things, second]).run(on: store)
            }
            #expect(error?.code == .schema)
            #expect(error?.detail.contains("later 1") == true)
            await #expect(throws: StoreError.self) {
                try await store.read { transaction in try transaction.exists("SELECT a FROM more") }
            }
        }
    }

    @Test(arguments: Engine.available)
    func `a database that was emptied is refused`(engine: Engine) async throws {
        for damage in ["DELETE FROM schema_migrations", "DROP TABLE schema_migrations", "DROP TABLE parts"] {
            try await engine.withStore([things]) { store in
                try await store.write { transaction in try transaction.execute(SQL(stringLiteral: damage)) }
                #expect(await code([things], on: store) == .schema, "\(damage)")
            }
        }
    }

    @Test func `another program's file is refused`() async throws {
        try await Engine.sqlite.withPlace { place in
            let store = try place.open()
            try await store.write { transaction in try transaction.execute("CREATE TABLE songs (title TEXT)") }
            let error = await #expect(throws: StoreError.self) { try await Migrator([things]).run(on: store) }
            #expect(error?.code == .schema && error?.detail.contains("songs") == true)
            await store.close()
        }
    }

    @Test(arguments: Engine.available)
    func `tables that later steps remove or replace are not missed`(engine: Engine) async throws {
        let moved = Migration(
            room: "test", number: 2, title: "moved",
            statements: [
                "CREATE TABLE kept (a TEXT)", "DROP TABLE parts", "ALTER TABLE kept RENAME TO parts_kept",
                "CREATE TABLE IF NOT EXISTS extra(a TEXT)",
            ])
        try await engine.withStore([things, moved]) { store in
            try await Migrator([things, moved]).run(on: store)
            try await store.write { transaction in try transaction.execute("DROP TABLE extra") }
            let error = await #expect(throws: StoreError.self) { try await Migrator([things, moved]).run(on: store) }
            #expect(error?.detail.contains("extra") == true)
        }
    }

    @Test(arguments: Engine.available)
    func `numbers with gaps are refused`(engine: Engine) async throws {
        try await engine.withStore { store in
            #expect(await code([second], on: store) == .schema)
        }
    }

    @Test(arguments: Engine.available)
    func `one that fails leaves nothing`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            let broken = Migration(
                room: "test", number: 2, title: "broken",
                statements: ["CREATE TABLE half (a TEXT)", "INSERT INTO nothing VALUES (1)"])
            #expect(await code([things, broken], on: store) == .statement)
            await #expect(throws: StoreError.self) {
                try await store.read { transaction in try transaction.exists("SELECT a FROM half") }
            }
            try await Migrator([things, second]).run(on: store)
        }
    }

    @Test(.enabled(if: Engine.hasPostgreSQL))
    func `replicas that start together migrate once`() async throws {
        try await Engine.postgresql.withPlace { place in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let store = try place.open(connections: 1)
                        try await Migrator([things, second]).run(on: store)
                        await store.close()
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
