public import Logging
public import Store

/// The engine for several replicas: any number of them over one PostgreSQL, through libpq.
///
/// Every connection has its own thread, so that a blocking call never runs on the cooperative pool. Writes are
/// serializable; reads see one snapshot; a transaction that lost against another one runs again. Connections are made
/// when they are first needed, and again when the server comes back. Connect directly or through a pooler in session
/// mode: statements stay prepared, and transactions that lost often queue on an advisory lock.
public final class PostgreSQLStore: StateStore {
    private let writers: Lane<Session>
    private let readers: Lane<Session>
    private let patience: Duration

    /// Throws `StoreError.connection` when the connection string cannot be read. Does not connect yet.
    public init(
        _ configuration: PostgreSQLConfiguration, logger: Logger = Logger(label: "kilonova.store")
    ) throws {
        let parameters = try ConnectionParameters(configuration)
        let patience = configuration.patience
        let tally = Tally()
        self.patience = patience
        let session: @Sendable (Lane<Session>) -> Session = { lane in
            Session(parameters, patience: patience, logger: logger, tally: tally) { [weak lane] in
                lane?.isClosed ?? true
            }
        }
        let end: @Sendable (Session) -> Void = { session in session.end() }
        writers = Lane("postgresql-write", threads: max(1, configuration.writers), station: session, end: end)
        readers = Lane("postgresql-read", threads: max(1, configuration.readers), station: session, end: end)
    }

    /// A store over `connection`, a libpq URL or list of words, with equal numbers of writing and reading connections.
    public convenience init(connection: String, connections: Int = 8) throws {
        var configuration = PostgreSQLConfiguration(connection: connection)
        configuration.writers = connections
        configuration.readers = connections
        try self.init(configuration)
    }

    public var dialect: Dialect { .postgresql }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        let deadline = ContinuousClock.now + patience
        return try await readers.run { session in try session.transact(.read, until: deadline, body) }
    }

    @discardableResult
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        let deadline = ContinuousClock.now + patience
        return try await writers.run { session in try session.transact(.write, until: deadline, body) }
    }

    public func close() async {
        await writers.close()
        await readers.close()
    }
}
