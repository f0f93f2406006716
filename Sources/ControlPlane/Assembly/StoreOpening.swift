import Accelerators
import Identity
import Link
import Logging
import Model
import Placement
import Settings
import Store
import StorePostgreSQL
import StoreSQLite
import Workflows

/// Opens the database that the settings name, and brings its schema up to this program's.
enum StoreOpening {
    /// Every room's tables exist in every database, whichever services a replica offers.
    static let migrations: [Migration] =
        IdentityMigrations.all + PlacementMigrations.all + WorkflowMigrations.all + LinkMigrations.all
        + AcceleratorMigrations.all
        + SanitisationMigrations.all

    static func open(_ settings: DatabaseSettings, _ logger: Logger) async throws -> any StateStore {
        let store = try engine(settings, logger)
        do {
            try await Migrator(migrations).run(on: store)
        } catch {
            await store.close()
            throw error
        }
        return store
    }

    private static func engine(_ settings: DatabaseSettings, _ logger: Logger) throws -> any StateStore {
        let prefix = "sqlite://"
        if settings.url.hasPrefix(prefix) {
            return try SQLiteStore(path: String(settings.url.dropFirst(prefix.count)), readers: settings.connections)
        }
        var configuration = PostgreSQLConfiguration(connection: settings.url)
        configuration.password = settings.password?.revealed
        configuration.readers = settings.connections
        configuration.writers = settings.connections
        return try PostgreSQLStore(configuration, logger: logger)
    }
}
