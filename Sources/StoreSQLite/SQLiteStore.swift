import FoundationEssentials
import GRDB
public import Store

/// The embedded engine: one file, write-ahead log, `synchronous=FULL`, so that what is acknowledged survives a power cut.
///
/// One writer, many readers. Writes that wait while another commits share the next commit (group commit): each runs in a
/// savepoint of its own, so one that fails rolls back alone, and all are acknowledged after the one commit.
public final class SQLiteStore: StateStore {
    private let pool: DatabasePool
    private let queue: WriteQueue

    /// Opens or creates the database at `path`. `readers` bounds the connections that read at the same time.
    public init(path: String, readers: Int = 4) throws {
        var configuration = GRDB.Configuration()
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
        } catch {
            throw StoreError(sqlite: error)
        }
        queue = WriteQueue()
    }

    public var dialect: Dialect { .sqlite }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        do {
            return try await pool.read { database in try body(SQLiteTransaction(database)) }
        } catch {
            throw StoreError.translating(error)
        }
    }

    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let isFirst = queue.append(
                PendingWrite { transaction in
                    do {
                        let value = try body(transaction)
                        return PendingWrite.Verdict(keeps: true) { commit in
                            continuation.resume(with: commit.map { value })
                        }
                    } catch {
                        let failure = StoreError.translating(error)
                        return PendingWrite.Verdict(keeps: false) { _ in continuation.resume(throwing: failure) }
                    }
                } abandoned: { error in
                    continuation.resume(throwing: error)
                })
            if isFirst { drain() }
        }
    }

    public func close() async {
        do { try pool.close() } catch { return }
    }

    /// Asks the writer for one batch; what arrives meanwhile forms the next.
    private func drain() {
        pool.asyncWriteWithoutTransaction { [queue] database in
            for _ in 0..<64 {
                let batch = queue.take()
                if batch.isEmpty { return }
                Self.commit(batch, in: database)
            }
            if queue.yield() { self.drain() }
        }
    }

    private static func commit(_ batch: [PendingWrite], in database: Database) {
        var verdicts: [PendingWrite.Verdict] = []
        do {
            try database.execute(sql: "BEGIN IMMEDIATE")
        } catch {
            let failure = StoreError(sqlite: error)
            for write in batch { write.abandoned(failure) }
            return
        }
        let transaction = SQLiteTransaction(database)
        var outcome: Result<Void, any Error> = .success(())
        var rest = batch[...]
        do {
            while let write = rest.first {
                try database.execute(sql: "SAVEPOINT one")
                rest = rest.dropFirst()
                let verdict = write.run(transaction)
                verdicts.append(verdict)
                if !verdict.keeps { try database.execute(sql: "ROLLBACK TO one") }
                try database.execute(sql: "RELEASE one")
            }
            try database.execute(sql: "COMMIT")
        } catch {
            outcome = .failure(StoreError(sqlite: error))
            if database.isInsideTransaction { try? database.execute(sql: "ROLLBACK") }
        }
        for verdict in verdicts { verdict.acknowledge(outcome) }
        if case .failure(let error) = outcome { for write in rest { write.abandoned(error) } }
    }
}
