import Store
import StoreSQLite
import Synchronization

/// The databases that one run of a test opens, all of one engine; they go when it ends.
final class Databases: Sendable {
    @TaskLocal static var current: Databases?

    private let engine: Engine
    private let opened = Mutex<[(store: any StateStore, place: StorePlace?)]>([])

    init(_ engine: Engine) {
        self.engine = engine
    }

    func open(_ migrations: [Migration]) async throws -> any StateStore {
        guard engine == .postgresql else {
            let store = try await SQLiteStore.temporary(migrations: migrations)
            opened.withLock { $0.append((store, nil)) }
            return store
        }
        let place = try await engine.make()
        let store = try place.open(connections: 2)
        opened.withLock { $0.append((store, place)) }
        try await Migrator(migrations).run(on: store)
        return store
    }

    func dispose() async throws {
        for (store, place) in opened.withLock({ $0 }) {
            await store.close()
            try await place?.remove()
        }
    }
}
