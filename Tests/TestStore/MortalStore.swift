public import Store
import Synchronization

/// A store whose process dies at its n-th write: before the commit, or right after it without hearing of it. From then
/// on it does nothing any more, as the dead do.
public final class MortalStore: StateStore {
    public struct Dead: Error {}

    private let store: any StateStore
    private let last: Int
    private let commitsLast: Bool
    private let onDeath: (@Sendable () -> Void)?
    private let writes = Mutex(0)

    /// - Parameter onDeath: called when it dies
    public init(
        _ store: any StateStore, dyingAt last: Int, commitsLast: Bool, onDeath: (@Sendable () -> Void)? = nil
    ) {
        self.store = store
        self.last = last
        self.commitsLast = commitsLast
        self.onDeath = onDeath
    }

    public var dialect: Dialect { store.dialect }
    /// Writes asked for so far.
    public var count: Int { writes.withLock { $0 } }
    public var isDead: Bool { writes.withLock { $0 } >= last }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        if isDead { throw Dead() }
        return try await store.read(body)
    }

    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        let number = writes.withLock { count in
            count += 1
            return count
        }
        if number < last { return try await store.write(body) }
        onDeath?()
        if number == last, commitsLast { _ = try await store.write(body) }
        throw Dead()
    }

    public func close() async {}
}
