import Synchronization

/// A store that knows the state of its database: from the outcome of the latest writes or, if those tell nothing, from
/// a write of its own that changes nothing.
///
/// A database that only responds to reads is not healthy: its disk may be full, or its server a standby.
public final class WatchedStore: StateStore {
    private struct State {
        /// The error of the latest write that failed; a successful write removes it.
        var trouble: StoreError?
        var lastSuccess: ContinuousClock.Instant?
        var look: (began: ContinuousClock.Instant, task: Task<StoreError?, Never>)?
    }

    private let engine: any StateStore
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// Errors that concern the database as a whole.
    private static let general: Set<StoreError.Code> = [
        .full, .readOnly, .damaged, .connection, .outcomeUnknown, .closed,
    ]
    /// How long a successful write proves that the database works.
    private static let vouching: Duration = .seconds(5)
    /// Callers within this time share one check, so that frequent calls cost no more.
    private static let sharing: Duration = .seconds(1)

    public init(_ engine: any StateStore, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.engine = engine
        self.now = now
    }

    public var dialect: Dialect { engine.dialect }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await engine.read(body)
    }

    @discardableResult
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        do {
            let result = try await engine.write(body)
            note(nil)
            return result
        } catch let error as StoreError {
            if Self.general.contains(error.code) { note(error) }
            throw error
        }
    }

    public func close() async {
        await engine.close()
    }

    public func displacement() async -> StoreError? { await engine.displacement() }

    private func note(_ trouble: StoreError?) {
        let now = now()
        state.withLock { state in
            state.trouble = trouble
            if trouble == nil { state.lastSuccess = now }
        }
    }

    /// Nil if the database accepts writes, otherwise what is wrong.
    ///
    /// Takes up to the engine's patience with a database that does not respond.
    public func trouble() async -> StoreError? {
        if let trouble = await engine.displacement() { return trouble }
        let now = now()
        let look = state.withLock { state -> Task<StoreError?, Never>? in
            if state.trouble == nil, let last = state.lastSuccess, now - last < Self.vouching { return nil }
            if let look = state.look, now - look.began < Self.sharing { return look.task }
            let task = Task { await self.lookNow() }
            state.look = (now, task)
            return task
        }
        return await look?.value
    }

    private func lookNow() async -> StoreError? {
        do {
            // A write of a row as it is: it takes the way of all writes, to the disk.
            try await write { transaction in
                try transaction.execute(
                    ("UPDATE schema_migrations SET applied_at = applied_at WHERE room = 'store' AND number = 1" as SQL)
                        .asWholeTransaction())
            }
            return nil
        } catch let error as StoreError {
            return error
        } catch {
            return StoreError(.statement, "\(error)")
        }
    }
}
