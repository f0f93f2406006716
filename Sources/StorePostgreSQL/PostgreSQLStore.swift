public import Logging
public import Store
import Synchronization

/// The scaled engine: any number of replicas over one PostgreSQL, through libpq.
///
/// Every connection has a thread of its own, so that a blocking call never meets the cooperative pool. Writes are
/// serializable, reads see one snapshot; a transaction that lost against another one runs again. Connections are made
/// when first needed and again when the server comes back. Connect directly or through a pooler in session mode:
/// statements stay prepared, and late losers queue on an advisory lock.
public final class PostgreSQLStore: StateStore {
    private let writers: Lane
    private let readers: Lane
    private let patience: Duration

    /// Throws `StoreError.connection` when the connection string cannot be read. Does not connect yet.
    public init(
        _ configuration: PostgreSQLConfiguration, logger: Logger = Logger(label: "kilonova.store")
    ) throws {
        let parameters = try ConnectionParameters(configuration)
        let patience = configuration.patience
        let tally = Tally()
        self.patience = patience
        let session: @Sendable (Lane) -> Session = { lane in
            Session(parameters, patience: patience, logger: logger, tally: tally) { [weak lane] in
                lane?.isClosed ?? true
            }
        }
        writers = Lane("postgresql-write", threads: max(1, configuration.writers), session: session)
        readers = Lane("postgresql-read", threads: max(1, configuration.readers), session: session)
    }

    /// A store over `connection`, a libpq URL or list of words, with as many writing as reading connections.
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
        try await run(.read, on: readers, body)
    }

    @discardableResult
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await run(.write, on: writers, body)
    }

    public func close() async {
        await writers.close()
        await readers.close()
    }

    /// A caller that gave up before its turn came is not served; one whose transaction began is.
    private func run<Result: Sendable>(
        _ mode: Session.Mode, on lane: Lane, _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        let deadline = ContinuousClock.now + patience
        let ticket = Ticket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isAccepted = lane.add { session in
                    continuation.resume(
                        with: Swift.Result {
                            if ticket.isGivenUp { throw CancellationError() }
                            return try session.transact(mode, until: deadline, body)
                        })
                }
                if !isAccepted { continuation.resume(throwing: StoreError(.closed, "the store is closed")) }
            }
        } onCancel: {
            ticket.giveUp()
        }
    }
}

/// Whether the caller still waits.
private final class Ticket: Sendable {
    private let flag = Atomic(false)

    var isGivenUp: Bool { flag.load(ordering: .acquiring) }
    func giveUp() { flag.store(true, ordering: .releasing) }
}
