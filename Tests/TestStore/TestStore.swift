import Foundation
public import Store
import StorePostgreSQL
import StoreSQLite

/// A new, migrated database for one test.
///
/// SQLite, unless `KILONOVA_TEST_ENGINE` says `postgresql`: then a schema of its own on the server that
/// `KILONOVA_TEST_POSTGRESQL` names, which ends with that server. So a room's tests run on either engine.
public enum TestStore {
    public static func open(_ migrations: [Migration] = []) async throws -> any StateStore {
        let environment = ProcessInfo.processInfo.environment
        guard environment["KILONOVA_TEST_ENGINE"] == "postgresql" else {
            return try await SQLiteStore.temporary(migrations: migrations)
        }
        guard let url = environment["KILONOVA_TEST_POSTGRESQL"], !url.isEmpty else {
            throw StoreError(.connection, "KILONOVA_TEST_POSTGRESQL does not name a server")
        }
        let schema = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }
        let server = try PostgreSQLStore(connection: url, connections: 1)
        try await server.write { transaction in
            try transaction.execute(SQL(stringLiteral: "CREATE SCHEMA \(schema)"))
        }
        await server.close()
        let mark = url.contains("?") ? "&" : "?"
        let store = try PostgreSQLStore(connection: url + mark + "options=-csearch_path%3D\(schema)", connections: 2)
        try await Migrator(migrations).run(on: store)
        return store
    }
}
