import Foundation
import Identity
import Model
import Store
import StorePostgreSQL
import StoreSQLite
import Synchronization
import Testing

/// The databases that one run of a test opens, all of one engine; they go when it ends.
final class Databases: Sendable {
    @TaskLocal static var current: Databases?

    private let url: String?
    private let opened = Mutex<[(store: any StateStore, schema: String?)]>([])

    /// PostgreSQL at `url`, where there is one, else SQLite.
    init(url: String?) {
        self.url = url
    }

    func open() async throws -> any StateStore {
        guard let url else {
            let store = try await SQLiteStore.temporary(migrations: IdentityMigrations.all)
            opened.withLock { $0.append((store, nil)) }
            return store
        }
        let schema = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }
        try await Self.run("CREATE SCHEMA \(schema)", at: url)
        let place = url + (url.contains("?") ? "&" : "?") + "options=-csearch_path%3D\(schema)"
        let store = try PostgreSQLStore(connection: place, connections: 2)
        try await Migrator(IdentityMigrations.all).run(on: store)
        opened.withLock { $0.append((store, schema)) }
        return store
    }

    func dispose() async throws {
        for (store, schema) in opened.withLock({ $0 }) {
            await store.close()
            if let schema, let url { try await Self.run("DROP SCHEMA \(schema) CASCADE", at: url) }
        }
    }

    private static func run(_ statement: String, at url: String) async throws {
        let server = try PostgreSQLStore(connection: url, connections: 1)
        _ = try await server.write { transaction in try transaction.execute(SQL(stringLiteral: statement)) }
        await server.close()
    }
}

/// Runs a test on every engine there is: SQLite, and PostgreSQL where `KILONOVA_TEST_POSTGRESQL` holds a URL.
struct EveryEngine: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let url = ProcessInfo.processInfo.environment["KILONOVA_TEST_POSTGRESQL"].flatMap { $0.isEmpty ? nil : $0 }
        for place in [nil, url] where place == nil || url != nil {
            let databases = Databases(url: place)
            try await Databases.$current.withValue(databases) { try await function() }
            try await databases.dispose()
        }
    }
}

extension Testing.Trait where Self == EveryEngine {
    static var everyEngine: EveryEngine { EveryEngine() }
}
