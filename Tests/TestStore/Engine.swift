import Foundation
public import Store
import StorePostgreSQL
import StoreSQLite
public import Testing

/// A database engine that tests run on. PostgreSQL is there when `KILONOVA_TEST_POSTGRESQL` holds a server's URL.
public enum Engine: String, Sendable, CustomTestStringConvertible {
    case sqlite
    case postgresql

    public static let hasPostgreSQL = url != nil
    public static let available: [Engine] = hasPostgreSQL ? [.sqlite, .postgresql] : [.sqlite]
    private static let url = ProcessInfo.processInfo.environment["KILONOVA_TEST_POSTGRESQL"].flatMap { url in
        url.isEmpty ? nil : url
    }

    public var testDescription: String { rawValue }

    /// A new, empty database: a file in a folder of its own, or a schema of its own. The caller removes it.
    func make() async throws -> StorePlace {
        let name = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }
        switch self {
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(name)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return StorePlace(engine: self, address: folder.appending(path: "state.db").path, schema: "")
        case .postgresql:
            guard let url = Self.url else {
                throw StoreError(.connection, "KILONOVA_TEST_POSTGRESQL does not name a server")
            }
            try await Self.run("CREATE SCHEMA \(name)")
            let mark = url.contains("?") ? "&" : "?"
            return StorePlace(engine: self, address: url + mark + "options=-csearch_path%3D\(name)", schema: name)
        }
    }

    /// Calls `body` with a new, empty database that goes afterwards.
    public func withPlace(_ body: (StorePlace) async throws -> Void) async throws {
        let place = try await make()
        do {
            try await body(place)
        } catch {
            try? await place.remove()
            throw error
        }
        try await place.remove()
    }

    /// Calls `body` with a migrated store that no one else uses.
    public func withStore(_ migrations: [Migration] = [], _ body: (any StateStore) async throws -> Void) async throws {
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

    /// Runs a statement on the server, outside every schema of a test.
    static func run(_ statement: String) async throws {
        guard let url else { return }
        let server = try PostgreSQLStore(connection: url, connections: 1)
        _ = try await server.write { transaction in try transaction.execute(SQL(stringLiteral: statement)) }
        await server.close()
    }
}
