import Foundation
import Model
import Store
import StorePostgreSQL
import StoreSQLite
import Testing

/// A database engine that the suite runs on. PostgreSQL is there when `KILONOVA_TEST_POSTGRESQL` holds a URL.
enum Engine: String, CustomTestStringConvertible {
    case sqlite
    case postgresql

    static let available: [Engine] = hasPostgreSQL ? [.sqlite, .postgresql] : [.sqlite]
    static let hasPostgreSQL = url != nil
    private static let url = ProcessInfo.processInfo.environment["KILONOVA_TEST_POSTGRESQL"].flatMap { url in
        url.isEmpty ? nil : url
    }

    var testDescription: String { rawValue }

    /// Calls `body` with a new, empty database: a file, or a schema of its own.
    func withPlace(_ body: (StorePlace) async throws -> Void) async throws {
        let name = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }
        switch self {
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(name)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try await body(StorePlace(engine: self, address: folder.appending(path: "state.db").path))
        case .postgresql:
            let url = try #require(Self.url)
            let server = try PostgreSQLStore(connection: url, connections: 1)
            try await Self.run("CREATE SCHEMA \(name)", on: server)
            let mark = url.contains("?") ? "&" : "?"
            try await body(
                StorePlace(engine: self, address: url + mark + "options=-csearch_path%3D\(name)", schema: name))
            try await Self.run("DROP SCHEMA \(name) CASCADE", on: server)
            await server.close()
        }
    }

    /// Calls `body` with a migrated store that no one else uses.
    func withStore(_ migrations: [Migration] = [], _ body: (any StateStore) async throws -> Void) async throws {
        try await withPlace { place in
            let store = try place.open()
            try await Migrator(migrations).run(on: store)
            do {
                try await body(store)
                await store.close()
            } catch {
                await store.close()
                throw error
            }
        }
    }

    private static func run(_ statement: String, on store: PostgreSQLStore) async throws {
        try await store.write { transaction in
            _ = try transaction.execute(SQL(stringLiteral: statement))
        }
    }
}

/// Where one test's database is; may be opened often, and by other processes.
struct StorePlace: Sendable {
    let engine: Engine
    let address: String
    var schema = ""

    func open(connections: Int = 4) throws -> any StateStore {
        switch engine {
        case .sqlite: try SQLiteStore(path: address)
        case .postgresql: try PostgreSQLStore(connection: address, connections: connections)
        }
    }
}

/// A table to try things on.
let things = Migration(
    room: "test", number: 1, title: "things",
    statements: [
        """
        CREATE TABLE things (
            name TEXT PRIMARY KEY, amount BIGINT NOT NULL CHECK (amount >= 0), ratio DOUBLE PRECISION, bytes BLOB,
            generation BIGINT NOT NULL DEFAULT 0)
        """,
        "CREATE TABLE parts (thing TEXT NOT NULL REFERENCES things (name), room TEXT NOT NULL, number BIGINT NOT NULL)",
        "CREATE UNIQUE INDEX parts_by_number ON parts (room, number)",
    ])

extension Transaction {
    func addThing(_ name: String, _ amount: Int = 0) throws {
        try execute("INSERT INTO things (name, amount) VALUES (\(name), \(amount))")
    }

    func amount(_ name: String) throws -> Int? {
        try first("SELECT amount FROM things WHERE name = \(name)") { row in try row[0] as Int }
    }
}
