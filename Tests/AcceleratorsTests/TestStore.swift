import Foundation
import Store
import StorePostgreSQL
import StoreSQLite

/// A new, empty database for one test: SQLite; PostgreSQL where KILONOVA_TEST_ENGINE says `postgresql` and
/// KILONOVA_TEST_POSTGRESQL holds the server's URL.
enum TestStore {
    static func make(_ migrations: [Migration]) async throws -> any StateStore {
        let environment = ProcessInfo.processInfo.environment
        guard environment["KILONOVA_TEST_ENGINE"] == "postgresql", let url = environment["KILONOVA_TEST_POSTGRESQL"]
        else { return try await SQLiteStore.temporary(migrations: migrations) }
        let schema = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }
        let server = try PostgreSQLStore(connection: url, connections: 1)
        _ = try await server.write { transaction in
            try transaction.execute(SQL(stringLiteral: "CREATE SCHEMA \(schema)"))
        }
        await server.close()
        let mark = url.contains("?") ? "&" : "?"
        let store = try PostgreSQLStore(
            connection: url + mark + "options=-csearch_path%3D\(schema)", connections: 2)
        try await Migrator(migrations).run(on: store)
        return store
    }
}
