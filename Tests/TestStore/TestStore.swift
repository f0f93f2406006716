import Foundation
public import Store
import StoreSQLite

/// A new, migrated database for one test.
///
/// In a suite with the trait `everyEngine` it is of the engine whose turn it is. Elsewhere it is SQLite, unless
/// `KILONOVA_TEST_ENGINE` says `postgresql`: then a schema of its own on the server that `KILONOVA_TEST_POSTGRESQL` names,
/// which ends with that server.
public enum TestStore {
    public static func open(_ migrations: [Migration] = []) async throws -> any StateStore {
        if let databases = Databases.current { return try await databases.open(migrations) }
        guard ProcessInfo.processInfo.environment["KILONOVA_TEST_ENGINE"] == "postgresql" else {
            return try await SQLiteStore.temporary(migrations: migrations)
        }
        let store = try await Engine.postgresql.make().open(connections: 2)
        try await Migrator(migrations).run(on: store)
        return store
    }
}
