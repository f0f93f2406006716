import Foundation
import Logging
import Store

/// A place where transactions run one after another: a thread's connection, made when needed and again when it broke.
///
/// What may safely run again runs again until the call's patience ends: a transaction that lost against another one
/// (states 40001, 40P01), and one whose connection broke before its commit was sent. A connection that breaks during the
/// commit leaves the outcome unknown; that is reported, never repeated.
final class Session {
    enum Mode: String {
        case read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case write = "BEGIN ISOLATION LEVEL SERIALIZABLE"
    }

    /// One attempt that may be repeated.
    private struct Lost: Error {
        let trouble: StoreError
    }

    /// Writes that lost this often queue up behind one another, so that each gets its turn.
    private static let lossesBeforeQueueing = 3
    /// An arbitrary name for that queue among the database's advisory locks.
    private static let queueKey: Int64 = 0x4b69_6c6f_6e6f_7661

    private let parameters: ConnectionParameters
    private let commitLimit: Duration
    private let logger: Logger
    private let isEnding: @Sendable () -> Bool
    private var connection: Connection?

    init(
        _ parameters: ConnectionParameters, commitLimit: Duration, logger: Logger,
        isEnding: @escaping @Sendable () -> Bool
    ) {
        self.parameters = parameters
        self.commitLimit = commitLimit
        self.logger = logger
        self.isEnding = isEnding
    }

    /// Runs `body` in a transaction, again where it may, until `deadline`.
    func transact<Result>(
        _ mode: Mode, until deadline: ContinuousClock.Instant, _ body: (any Transaction) throws -> Result
    ) throws -> Result {
        guard ContinuousClock.now < deadline else {
            throw StoreError(.busy, "no connection became free in time", isTransient: true)
        }
        var losses = 0
        while true {
            let trouble: StoreError
            do {
                return try attempt(mode, inTurn: mode == .write && losses >= Self.lossesBeforeQueueing, body)
            } catch let lost as Lost {
                trouble = lost.trouble
            }
            losses += 1
            let pause = Self.pause(after: losses, steep: trouble.code == .connection)
            guard !isEnding(), ContinuousClock.now + pause < deadline else { throw trouble }
            Thread.sleep(forTimeInterval: Double(pause.milliseconds) / 1000)
        }
    }

    /// Random, so that losers do not meet again: up to 4, 8, 16 … 128 ms, for a server that is away up to 2 s.
    private static func pause(after losses: Int, steep: Bool) -> Duration {
        let bound = steep ? min(50 << min(losses, 10), 2000) : min(2 << min(losses, 10), 128)
        return .milliseconds(Int.random(in: bound / 4...bound))
    }

    private func attempt<Result>(
        _ mode: Mode, inTurn: Bool, _ body: (any Transaction) throws -> Result
    ) throws -> Result {
        let connection = try begin(mode, inTurn: inTurn)
        defer { if inTurn { leaveQueue(connection) } }
        let transaction = PostgreSQLTransaction(connection: connection)
        let result: Result
        do {
            result = try body(transaction)
        } catch {
            rollBack(connection)
            if let failure = transaction.course.failure, Self.mayRepeat(failure) { throw Lost(trouble: failure) }
            throw error
        }
        if let failure = transaction.course.failure {
            rollBack(connection)
            if Self.mayRepeat(failure) { throw Lost(trouble: failure) }
            throw failure
        }
        if let noted = transaction.course.notedAt, ContinuousClock.now - noted > commitLimit {
            rollBack(connection)
            throw StoreError(
                .busy, "the transaction took longer than readers of the change log wait", isTransient: true)
        }
        try commit(connection)
        return result
    }

    private func connected() throws(StoreError) -> Connection {
        if let connection { return connection }
        let connection = try Connection(parameters)
        self.connection = connection
        return connection
    }

    private func begin(_ mode: Mode, inTurn: Bool) throws -> Connection {
        do throws(StoreError) {
            let connection = try connected()
            try connection.tidy()
            // Before the transaction, so that its snapshot is taken after the wait.
            if inTurn { _ = try connection.execute(plain: "SELECT pg_advisory_lock(\(Self.queueKey))") }
            _ = try connection.execute(plain: mode.rawValue)
            return connection
        } catch {
            drop()
            guard error.isTransient else { throw error }
            throw Lost(trouble: error)
        }
    }

    private func commit(_ connection: Connection) throws {
        let tag: String
        do throws(StoreError) {
            tag = try connection.execute(plain: "COMMIT").tag
        } catch {
            if connection.isBroken {
                drop()
                throw StoreError(
                    .connection, "the connection broke while committing, the outcome is unknown: \(error.detail)")
            }
            rollBack(connection)
            if Self.mayRepeat(error) { throw Lost(trouble: error) }
            throw error
        }
        guard tag == "COMMIT" else { throw StoreError(.statement, "the server answered COMMIT with \(tag)") }
    }

    private func rollBack(_ connection: Connection) {
        do {
            if !connection.isIdle { _ = try connection.execute(plain: "ROLLBACK") }
        } catch {
            drop()
        }
        if connection.isBroken { drop() }
    }

    private func leaveQueue(_ connection: Connection) {
        guard self.connection === connection else { return }
        do {
            _ = try connection.execute(plain: "SELECT pg_advisory_unlock(\(Self.queueKey))")
        } catch {
            // The lock ends with the connection.
            drop()
        }
    }

    /// Closes the connection.
    func end() {
        drop()
    }

    private func drop() {
        connection = nil
    }

    /// Time-outs are not repeated: they took long, and would again.
    private static func mayRepeat(_ trouble: StoreError) -> Bool {
        guard trouble.isTransient else { return false }
        return trouble.code == .connection || ErrorReport.isRetried(trouble)
    }
}
