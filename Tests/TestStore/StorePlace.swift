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
        case .postgresql: try PostgreSQLStore(connection: address, connections: connections)
        }
    }

    func remove() async throws {
        switch engine {
        case .sqlite: try FileManager.default.removeItem(at: URL(filePath: address).deletingLastPathComponent())
        case .postgresql: try await Engine.run("DROP SCHEMA \(schema) CASCADE")
        }
    }
}
