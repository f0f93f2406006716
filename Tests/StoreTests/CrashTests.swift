import Store
import TestStore
import Testing

/// Other processes on the same database, and what is left when they die.
@Suite struct CrashTests {
    static let tables = Migration(
        room: "test", number: 1, title: "ledger",
        statements: [
            """
            CREATE TABLE ledger (
                round TEXT NOT NULL, number BIGINT NOT NULL, part BIGINT NOT NULL, PRIMARY KEY (round, number, part))
            """,
            "CREATE TABLE shared (value BIGINT NOT NULL)", "INSERT INTO shared VALUES (0)",
            "CREATE TABLE slots (id BIGINT PRIMARY KEY, owner TEXT)",
        ])

    @Test(.timeLimit(.minutes(30)), arguments: Engine.available)
    func `after a kill every acknowledged write is there and none half`(engine: Engine) async throws {
        try await engine.withPlace { place in
            let first = try place.open()
            try await Migrator([Self.tables]).run(on: first)
            await first.close()
            for round in 1...6 {
                let writer = try Writer(place, "crash", "\(round)")
                await writer.hasSaid(Int.random(in: 1...400))
                let acknowledged = await writer.kill()
                #expect(!acknowledged.isEmpty)

                let store = try place.open()
                // One snapshot: the server may still finish what the dead process had sent.
                let (parts, noted) = try await store.read { transaction in
                    var parts: [Int: Int] = [:]
                    try transaction.forEach(
                        "SELECT number, COUNT(*) FROM ledger WHERE round = \("\(round)") GROUP BY number"
                    ) { row in
                        parts[try row[0]] = try row[1] as Int
                    }
                    let noted = try transaction.first(
                        "SELECT COUNT(*) FROM change_log WHERE key LIKE \("\(round)/%")"
                    ) { row in try row[0] as Int }
                    return (parts, noted)
                }
                await store.close()
                #expect(acknowledged.allSatisfy { parts[$0] == 3 }, "an acknowledged write is not whole")
                #expect(parts.values.allSatisfy { $0 == 3 }, "a write is there in part")
                #expect(noted == parts.count)
            }
        }
    }

    @Test(arguments: Engine.available)
    func `a commit is flushed before it is acknowledged`(engine: Engine) async throws {
        try await engine.withStore { store in
            let level = try await store.write { transaction in
                switch engine {
                case .sqlite: try transaction.first("PRAGMA synchronous") { row in "\(try row[0] as Int)" }
                case .postgresql:
                    try transaction.first("SELECT current_setting('synchronous_commit')") { row in try row[0] as String
                    }
                }
            }
            // SQLite's FULL is 2.
            #expect(level == (engine == .sqlite ? "2" : "on"))
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: Engine.available)
    func `processes that count on one row lose nothing`(engine: Engine) async throws {
        try await engine.withPlace { place in
            let store = try place.open()
            try await Migrator([Self.tables]).run(on: store)
            let writers = try (0..<2).map { _ in try Writer(place, "count", "40") }
            for writer in writers {
                _ = await writer.everything()
                #expect(writer.status() == 0)
            }
            let value = try await store.read { transaction in
                try transaction.first("SELECT value FROM shared") { row in try row[0] as Int }
            }
            await store.close()
            #expect(value == 2 * 4 * 40)
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: Engine.available)
    func `processes that take rows never take the same`(engine: Engine) async throws {
        try await engine.withPlace { place in
            let store = try place.open()
            try await Migrator([Self.tables]).run(on: store)
            try await store.write { transaction in
                for id in 1...60 { try transaction.execute("INSERT INTO slots (id) VALUES (\(id))") }
            }
            await store.close()
            let writers = try ["a", "b"].map { name in try Writer(place, "claim", name) }
            var taken: [Int] = []
            for writer in writers {
                taken += await writer.everything()
                #expect(writer.status() == 0)
            }
            #expect(taken.sorted() == Array(1...60))
        }
    }
}
