import Foundation
import Logging
import Metrics
import Model
import Store

/// Runs transactions one after another on a thread's connection, which is made when needed and again when it broke.
///
/// What may safely run again does so until the call's patience ends: a transaction that lost against another one
/// (states 40001, 40P01), and one whose connection broke before its commit was sent. If the connection breaks during
/// the commit, the server is queried for the outcome: a committed transaction is acknowledged, an aborted one runs
/// again. If no server can tell, the caller learns that the outcome is unknown.
///
/// A session that accepts no writes is replaced by a new one: a setting of the database applies only to sessions that
/// began under it, a standby may have been promoted, or another server may be the primary now.
final class Session {
    enum Mode {
        case read
        case write
        /// For a write of one statement that reads what it decides by from the rows that it changes. It locks those
        /// rows, so that it need not fail if another transaction was faster, but waits and reads them again.
        case statement

        var opening: String {
            switch self {
            case .read: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            case .write: "BEGIN ISOLATION LEVEL SERIALIZABLE"
            case .statement: "BEGIN ISOLATION LEVEL READ COMMITTED"
            }
        }
    }

    /// A failed attempt that may be repeated.
    private struct Lost: Error {
        let trouble: StoreError
        /// Whether another attempt at once would fail in the same way.
        var isLast = false
    }

    /// Writes that lost this often wait for one another, so that each gets its turn.
    private static let lossesBeforeQueueing = 3
    /// An arbitrary name for that queue among the database's advisory locks.
    private static let queueKey: Int64 = 0x4b69_6c6f_6e6f_7661

    private let parameters: ConnectionParameters
    private let patience: Duration
    private let logger: Logger
    private let isEnding: @Sendable () -> Bool
    private let tally: Tally
    private var connection: Connection?
    /// Whether no transaction has ended successfully on the connection yet.
    private var isNew = true

    init(
        _ parameters: ConnectionParameters, patience: Duration, logger: Logger, tally: Tally,
        isEnding: @escaping @Sendable () -> Bool
    ) {
        self.parameters = parameters
        self.patience = patience
        self.logger = logger
        self.tally = tally
        self.isEnding = isEnding
    }

    /// Runs `body` in a transaction, repeatedly if it may, until `deadline`.
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
                if lost.isLast { throw lost.trouble }
                trouble = lost.trouble
            }
            losses += 1
            tally.repeats.increment()
            let pause = Self.pause(after: losses, steep: [.connection, .readOnly].contains(trouble.code))
            guard !isEnding(), ContinuousClock.now + pause < deadline else { throw trouble }
            Thread.sleep(forTimeInterval: Double(pause.milliseconds) / 1000)
        }
    }

    /// A random pause, so that losers do not meet again: up to 4, 8, 16 … 128 ms; for a server that does not respond up
    /// to 2 s.
    private static func pause(after losses: Int, steep: Bool) -> Duration {
        let delay =
            steep
            ? ExponentialDelay(first: .milliseconds(50), longest: .seconds(2))
            : ExponentialDelay(first: .milliseconds(2), longest: .milliseconds(128))
        return delay.doubled(losses) * Double.random(in: 0.25...1)
    }

    private func attempt<Result>(
        _ mode: Mode, inTurn: Bool, _ body: (any Transaction) throws -> Result
    ) throws -> Result {
        let connection = try ready(inTurn: inTurn)
        defer { if inTurn { leaveQueue(connection) } }
        let transaction = PostgreSQLTransaction(connection: connection, mode: mode)
        let result: Result
        do {
            result = try body(transaction)
            if let failure = transaction.course.failure { throw failure }
        } catch {
            rollBack(connection)
            guard let failure = transaction.course.failure else { throw error }
            // A read that writes is a mistake of this program and says nothing of the database.
            if mode == .read, failure.code == .readOnly { throw StoreError(.statement, failure.detail) }
            if let lost = refusal(failure, of: connection) { throw lost }
            if ErrorReport.condemnsSession(failure) { drop() }
            if Self.mayRepeat(failure) { throw Lost(trouble: failure) }
            throw error
        }
        guard transaction.course.isOpen else { return result }
        defer { isNew = false }
        switch mode {
        case .read: finish(connection)
        case .write, .statement: try commit(connection)
        }
        return result
    }

    /// The error of a session that accepts no writes. A new session is tried at once, and again while the server is a
    /// standby. If a session that has just begun is refused, it is the last attempt.
    private func refusal(_ failure: StoreError, of connection: Connection) -> Lost? {
        guard ErrorReport.mayComeOfRecovery(failure), self.connection === connection else { return nil }
        let isStandby = (try? connection.isInRecovery()) ?? false
        guard isStandby || failure.code == .readOnly else { return nil }
        let wasNew = isNew
        drop()
        return Lost(
            trouble: StoreError(.readOnly, failure.detail, isTransient: true), isLast: wasNew && !isStandby)
    }

    private func connected() throws(StoreError) -> Connection {
        if let connection, !connection.isBroken { return connection }
        drop()
        let connection = try Connection(parameters)
        isNew = true
        tally.connections.increment()
        self.connection = connection
        return connection
    }

    /// A connection to begin a transaction on.
    private func ready(inTurn: Bool) throws -> Connection {
        do throws(StoreError) {
            let connection = try connected()
            try connection.tidy()
            // Before the transaction, so that its snapshot is taken after the wait.
            if inTurn { _ = try connection.execute(plain: "SELECT pg_advisory_lock(\(Self.queueKey))") }
            return connection
        } catch {
            drop()
            guard error.isTransient else { throw error }
            throw Lost(trouble: error)
        }
    }

    /// Ends a read. Its result is valid, whatever happens now.
    private func finish(_ connection: Connection) {
        do { try connection.finish() } catch { drop() }
    }

    private func commit(_ connection: Connection) throws {
        let tag: String
        guard !connection.isBroken else {
            drop()
            throw Lost(trouble: StoreError(.connection, "the session ended before the commit", isTransient: true))
        }
        do throws(StoreError) {
            tag = try connection.commit()
        } catch {
            guard connection.isBroken else {
                // The server refused it and the session lives: the transaction is gone.
                rollBack(connection)
                if ErrorReport.condemnsSession(error) { drop() }
                if Self.mayRepeat(error) { throw Lost(trouble: error) }
                throw error
            }
            let (transaction, lineage) = (connection.transactionID, connection.lineage)
            drop()
            return try resolve(transaction, in: lineage, after: error)
        }
        guard tag == "COMMIT" else { throw StoreError(.statement, "the server answered COMMIT with \(tag)") }
    }

    /// Determines how a transaction ended whose commit got no response. Returns if it is committed.
    private func resolve(_ transaction: Int64?, in lineage: Lineage?, after trouble: StoreError) throws {
        tally.lostCommits.increment()
        let deadline = ContinuousClock.now + patience
        var tries = 0
        asking: while let transaction, let lineage, !isEnding(), ContinuousClock.now < deadline {
            switch outcome(of: transaction, in: lineage) {
            case .committed: return
            case .aborted: throw Lost(trouble: trouble)
            case .unknown: break asking
            case .open: tries += 1
            }
            Thread.sleep(forTimeInterval: Double(Self.pause(after: tries, steep: true).milliseconds) / 1000)
        }
        logger.error("a commit was sent and never answered; its outcome is unknown")
        throw StoreError(
            .outcomeUnknown, "the connection broke while committing, the outcome is unknown: \(trouble.detail)")
    }

    /// Open while the server does not respond. A transaction that is still open on the server is ended, because nobody
    /// will send its commit again.
    private func outcome(of transaction: Int64, in lineage: Lineage) -> Outcome {
        do throws(StoreError) {
            let connection = try connected()
            let outcome = try Outcome(of: transaction, in: lineage, asking: connection)
            if outcome == .open { try connection.terminate(transaction) }
            return outcome
        } catch {
            drop()
            return error.isTransient ? .open : .unknown
        }
    }

    private func rollBack(_ connection: Connection) {
        do {
            if !connection.isBroken { try connection.rollBack() }
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

    /// Timeouts are not repeated, because they would take as long again.
    private static func mayRepeat(_ trouble: StoreError) -> Bool {
        guard trouble.isTransient else { return false }
        return trouble.code == .connection || ErrorReport.isRetried(trouble)
    }
}
