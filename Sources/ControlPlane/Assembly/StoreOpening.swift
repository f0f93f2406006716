import Conventions
import Fleet
import Logging
import Model
import Services
import Settings
import Store
import StorePostgreSQL
import StoreSQLite
import Workflows

/// Opens the configured database, and migrates its schema to this program's.
enum StoreOpening {
    /// Every database has the tables of all rooms, whichever services a replica offers.
    static func migrations(of services: [ServiceRoom]) -> [Migration] {
        WorkflowMigrations.all + FleetMigrations.all + CreationMigrations.all + services.flatMap(\.migrations)
    }

    /// Throws 503 with a sentence that names the database, if it cannot be used.
    static func open(
        _ settings: DatabaseSettings, _ services: [ServiceRoom], _ logger: Logger
    ) async throws -> any StateStore {
        do {
            let store = try engine(settings, logger)
            do {
                try await Migrator(migrations(of: services)).run(on: store)
            } catch {
                await store.close()
                throw error
            }
            return store
        } catch let error as StoreError {
            throw refusal(error, DatabaseName(settings))
        }
    }

    private static func refusal(_ error: StoreError, _ name: DatabaseName) -> Fault {
        let reason =
            switch error.code {
            case .file: error.detail
            case .schema: "\(name) is not one that this program can work with: \(error.detail)."
            case .full: "\(name) cannot be used: its disk is full."
            case .readOnly: "\(name) cannot be used: it takes no writes, being read-only or a standby."
            case .damaged: "\(name) is damaged (\(error.detail)). Restore a backup (kilonova restore)."
            default: "\(name) cannot be used: \(error.detail)"
            }
        return .unavailable(reason)
    }

    private static func engine(_ settings: DatabaseSettings, _ logger: Logger) throws -> any StateStore {
        if let file = settings.file { return try SQLiteStore(path: file, readers: settings.connections) }
        var configuration = PostgreSQLConfiguration(connection: settings.url)
        configuration.password = settings.password?.revealed
        configuration.readers = settings.connections
        configuration.writers = settings.connections
        return try PostgreSQLStore(configuration, logger: logger)
    }
}
