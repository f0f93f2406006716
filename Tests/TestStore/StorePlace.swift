import Foundation
public import Store
import StorePostgreSQL
import StoreSQLite

/// Where one test's database is; may be opened often, and by other processes.
public struct StorePlace: Sendable {
    public let engine: Engine
    /// A file's path, or a URL.
    public let address: String
    /// PostgreSQL's schema; empty on SQLite.
    public let schema: String

    public func open(connections: Int = 4) throws -> any StateStore {
        switch engine {
        case .sqlite: try SQLiteStore(path: address)
        case .postgresql: try PostgreSQLStore(configuration(connections))
        }
    }

    /// More patient than a service is: beside hundreds of other tests a transaction that one holds open, or a write that
    /// waits for its turn, can take its time.
    private func configuration(_ connections: Int) -> PostgreSQLConfiguration {
        var configuration = PostgreSQLConfiguration(connection: address)
        configuration.writers = connections
        configuration.readers = connections
        configuration.statementTimeout = .seconds(300)
        configuration.patience = .seconds(120)
        return configuration
    }

    func remove() async throws {
        switch engine {
        case .sqlite: try FileManager.default.removeItem(at: URL(filePath: address).deletingLastPathComponent())
        case .postgresql: try await Engine.run("DROP SCHEMA \(schema) CASCADE")
        }
    }
}
