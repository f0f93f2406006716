/// The database, which is the only truth. There are two engines, SQLite and PostgreSQL; SQL is written once for both.
///
/// A body is synchronous on purpose: nothing suspends inside a transaction, so no lock is held across an `await`. **A
/// body may run more than once** (busy, serialization failure): it must have no effect outside its transaction. An
/// error that a body throws rolls back its own transaction and reaches the caller unchanged. Errors of the database
/// itself are `StoreError`.
public protocol StateStore: Sendable {
    var dialect: Dialect { get }

    /// Runs `body` on one consistent snapshot, which includes every write acknowledged before the call.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result

    /// Runs `body` in a serializable transaction. When this returns, the change is durable.
    ///
    /// Concurrent writes may share a commit, but if one fails, it rolls back alone.
    @discardableResult
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result

    /// What is wrong with the storage of the database even though it may accept writes: its file was removed or
    /// replaced, or its disk is full. Nil if nothing is wrong, or if the engine has no file.
    func displacement() async -> StoreError?

    /// Ends all connections after the running transactions.
    func close() async
}

extension StateStore {
    public func displacement() async -> StoreError? { nil }
}

/// The few differences between the engines.
public enum Dialect: String, Sendable {
    case sqlite
    case postgresql
}
