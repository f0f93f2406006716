/// The database: the one truth. Two engines stand behind it, SQLite and PostgreSQL; SQL is written once for both.
///
/// A body is synchronous on purpose: nothing suspends inside a transaction, so no lock is held across an `await`.
/// **A body may run more than once** (busy, serialization failure): it must touch nothing but its transaction.
/// What a body throws rolls its own transaction back and reaches the caller unchanged; trouble of the database itself
/// arrives as `StoreError`.
public protocol StateStore: Sendable {
    var dialect: Dialect { get }

    /// Runs `body` on one consistent snapshot. It sees every write acknowledged before it began.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result

    /// Runs `body` in a serializable transaction. When this returns, the change is durable.
    ///
    /// Concurrent writes may share a commit, never a fate: one that fails rolls back alone.
    @discardableResult
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result

    /// What is wrong with the place of the database, though it may take writes: its file was removed or replaced under it, or
    /// its disk has no room left. Nil where nothing is, or the engine has no file.
    func displacement() async -> StoreError?

    /// Ends all connections, after what is under way.
    func close() async
}

extension StateStore {
    public func displacement() async -> StoreError? { nil }
}

/// The few places where the engines differ.
public enum Dialect: String, Sendable {
    case sqlite
    case postgresql
}
