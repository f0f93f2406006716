import Store
import Synchronization
import TestStore
import Testing

/// What a replica knows of its database without being told.
@Suite struct WatchedStoreTests {
    /// Fails every write with the error that it is given, until that is taken away.
    private final class Moody: StateStore {
        let engine: any StateStore
        let mood = Mutex<StoreError?>(nil)
        let writes = Mutex(0)
        var dialect: Dialect { engine.dialect }

        init(_ engine: any StateStore) { self.engine = engine }

        func read<Result: Sendable>(
            _ body: @escaping @Sendable (any Transaction) throws -> Result
        ) async throws -> Result { try await engine.read(body) }

        func write<Result: Sendable>(
            _ body: @escaping @Sendable (any Transaction) throws -> Result
        ) async throws -> Result {
            writes.withLock { $0 += 1 }
            if let error = mood.withLock({ $0 }) { throw error }
            return try await engine.write(body)
        }

        func close() async { await engine.close() }
    }

    private func withWatched(
        _ body: (WatchedStore, Moody, _ pass: @escaping @Sendable (Duration) -> Void) async throws -> Void
    ) async throws {
        let moody = Moody(try await TestStore.open([things]))
        let clock = Mutex(ContinuousClock.now)
        let store = WatchedStore(moody) { clock.withLock { $0 } }
        try await body(store, moody) { span in clock.withLock { $0 += span } }
        await store.close()
    }

    @Test(arguments: [StoreError.Code.full, .readOnly, .connection, .outcomeUnknown])
    func `a write's trouble is known at once, and its end too`(code: StoreError.Code) async throws {
        try await withWatched { store, moody, pass in
            try await store.write { transaction in try transaction.addThing("a") }
            #expect(await store.trouble() == nil)
            moody.mood.withLock { $0 = StoreError(code, "trouble") }
            await #expect(throws: StoreError.self) {
                try await store.write { transaction in try transaction.addThing("b") }
            }
            #expect(await store.trouble()?.code == code)
            moody.mood.withLock { $0 = nil }
            pass(.seconds(2))
            // Nobody writes meanwhile: the look does.
            #expect(await store.trouble() == nil)
        }
    }

    @Test func `a database that went bad while nobody wrote is found out`() async throws {
        try await withWatched { store, moody, pass in
            try await store.write { transaction in try transaction.addThing("a") }
            moody.mood.withLock { $0 = StoreError(.readOnly, "trouble") }
            #expect(await store.trouble() == nil, "the write that succeeded just now vouches")
            pass(.seconds(6))
            #expect(await store.trouble()?.code == .readOnly)
        }
    }

    @Test func `many questions cost one look`() async throws {
        try await withWatched { store, moody, pass in
            pass(.seconds(6))
            moody.mood.withLock { $0 = StoreError(.full, "trouble") }
            for _ in 0..<20 { #expect(await store.trouble()?.code == .full) }
            #expect(moody.writes.withLock { $0 } == 1)
        }
    }

    @Test func `what a caller did wrong is no trouble of the database`() async throws {
        try await withWatched { store, _, _ in
            try await store.write { transaction in try transaction.addThing("a") }
            await #expect(throws: StoreError.self) {
                try await store.write { transaction in try transaction.addThing("a") }
            }
            #expect(await store.trouble() == nil)
        }
    }
}
