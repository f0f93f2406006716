import Foundation
import Store
import StorePostgreSQL
import StoreSQLite

/// One engine, opened so that writes share commits and so that they do not.
struct Bench {
    private static let rows = 1000
    private static let writers = 64

    let name: String
    let together: any StateStore
    let alone: any StateStore
    /// Removes what the measurement made.
    let removal: @Sendable () async -> Void

    static func sqlite(in folder: URL) async throws -> Bench {
        let path = folder.appending(path: "state.db").path
        let together = try SQLiteStore(path: path)
        let bench = Bench(
            name: "SQLite", together: together, alone: try SQLiteStore(path: path, commitsTogether: 1), removal: {})
        try await bench.prepare()
        return bench
    }

    /// In a schema of its own. Without group commit means one connection that writes: the server lets the commits of
    /// several share a flush.
    static func postgresql(_ url: String) async throws -> Bench {
        let schema = "benchmark_\(ProcessInfo.processInfo.processIdentifier)"
        let server = try PostgreSQLStore(connection: url, connections: 1)
        try await server.write { transaction in
            try transaction.execute(SQL(stringLiteral: "CREATE SCHEMA \(schema)"))
        }
        let address = url + (url.contains("?") ? "&" : "?") + "options=-csearch_path%3D\(schema)"
        var configuration = PostgreSQLConfiguration(connection: address)
        let together = try PostgreSQLStore(configuration)
        configuration.writers = 1
        let bench = Bench(name: "PostgreSQL", together: together, alone: try PostgreSQLStore(configuration)) {
            _ = try? await server.write { transaction in
                try transaction.execute(SQL(stringLiteral: "DROP SCHEMA \(schema) CASCADE"))
            }
            await server.close()
        }
        try await bench.prepare()
        return bench
    }

    private func prepare() async throws {
        let things = Migration(
            room: "benchmark", number: 1, title: "things",
            statements: [
                "CREATE TABLE things (id TEXT PRIMARY KEY, name TEXT NOT NULL, generation BIGINT NOT NULL)"
            ])
        try await Migrator([things]).run(on: together)
        try await together.write { transaction in
            for number in 0..<Self.rows {
                try transaction.execute(
                    "INSERT INTO things VALUES (\(Self.id(number)), \("thing number \(number)"), 0)")
            }
        }
    }

    func close() async {
        await together.close()
        await alone.close()
        await removal()
    }

    private static func id(_ number: Int) -> String {
        let digits = String(number)
        return "6f1c2d3e-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    /// One mutation: compare and swap on one row, and a line in the change log. Each acknowledged when durable.
    func measureMutations() async throws {
        let alone = try await mutations(on: alone)
        let together = try await mutations(on: together)
        print("\(name): mutations with \(Self.writers) writers")
        print("  each commit alone         \(alone)")
        print("  group commit              \(together)")
        print("  ratio                     \(Figure.ratio(together.perSecond / alone.perSecond))")
    }

    private func mutations(on store: any StateStore) async throws -> Figure {
        try await Figure.measure(tasks: Self.writers) { task, turn in
            let id = Self.id((task + turn * Self.writers) % Self.rows)
            try await store.write { transaction in
                let seen: Int? = try transaction.first("SELECT generation FROM things WHERE id = \(id)") { row in
                    try row[0]
                }
                guard let seen else { return }
                try transaction.execute(
                    "UPDATE things SET generation = \(seen + 1) WHERE id = \(id) AND generation = \(seen)")
                try transaction.note(change: "thing", key: id, generation: Int64(seen + 1))
            }
        }
    }

    func measureReads() async throws {
        for tasks in [1, 8] {
            let store = together
            let figure = try await Figure.measure(tasks: tasks) { task, turn in
                let id = Self.id((task * 131 + turn) % Self.rows)
                let found = try await store.read { transaction in
                    try transaction.first("SELECT name, generation FROM things WHERE id = \(id)") { row in
                        let (name, generation): (String, Int) = (try row[0], try row[1])
                        return name.utf8.count + generation
                    }
                }
                if found == nil { throw StoreError(.statement, "row \(id) is missing") }
            }
            print("\(name): reading one row, \(tasks == 1 ? "one reader" : "\(tasks) readers")")
            print("  \(figure)")
        }
    }
}
