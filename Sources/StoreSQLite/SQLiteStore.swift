import FoundationEssentials
import GRDB
public import Store

/// The embedded engine: one file that only its owner may read, write-ahead log, `synchronous=FULL`, so that
/// acknowledged writes survive a power cut.
///
/// One writer, many readers. Writes that wait during a commit share the next one (group commit): each runs in a
/// savepoint of its own, so that a failing one rolls back alone, and all are acknowledged after the common commit.
public final class SQLiteStore: StateStore {
    private let pool: DatabasePool
    private let readers: Lane<SQLiteReader>
    private let queue: WriteQueue
    private let file: SQLiteFile
    /// The identity of the opened file.
    private let identity: SQLiteFile.Identity?
    /// A folder that is removed when the store closes.
    private let ownFolder: URL?

    /// Opens or creates the database at `path`. `readers` is the maximum number of concurrent reading connections,
    /// `commitsTogether` the maximum number of writes that share a commit.
    public convenience init(path: String, readers: Int = 4, commitsTogether: Int = 256) throws {
        try self.init(path: path, readers: readers, commitsTogether: commitsTogether, ownFolder: nil)
    }

    /// A new, migrated store in a folder of its own, for tests; closing it removes the folder. It does not survive
    /// power cuts.
    public static func temporary(migrations: [Migration] = []) async throws -> SQLiteStore {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let store = try SQLiteStore(path: folder.appending(path: "state.db").path, readers: 2, ownFolder: folder)
        try await Migrator(migrations).run(on: store)
        return store
    }

    private init(path: String, readers: Int, commitsTogether: Int = 256, ownFolder: URL?) throws {
        self.ownFolder = ownFolder
        let isDurable = ownFolder == nil
        var configuration = GRDB.Configuration()
        // Reading goes through connections of its own.
        configuration.maximumReaderCount = 1
        // Only another process can hold the file: a command beside a server. SQLite is not fair among those that wait.
        configuration.busyMode = .timeout(30)
        configuration.foreignKeysEnabled = true
        file = SQLiteFile(path: path)
        try file.prepare()
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            // Not while the connection is prepared: GRDB sets NORMAL after that, which loses commits in a power cut.
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = \(isDurable ? "FULL" : "OFF")")
            }
        } catch {
            throw file.refusal(error)
        }
        identity = file.identity
        configuration.readonly = true
        self.readers = Lane("sqlite-read", threads: max(1, readers)) { [configuration] _ in
            SQLiteReader(path: path, configuration: configuration)
        } end: { reader in
            reader.end()
        }
        queue = WriteQueue(batchLimit: max(1, commitsTogether))
    }

    public var dialect: Dialect { .sqlite }

    /// Free space in bytes that a burst of writes may need.
    private static let leastRoom: UInt64 = 1 << 20

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await readers.run { reader in try reader.read(body) }
    }

    @discardableResult
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let isFirst = queue.append(
                PendingWrite { transaction in
                    do {
                        let value = try transaction.run(body)
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

    public func displacement() async -> StoreError? {
        let (now, hasRoom): (SQLiteFile.Identity?, Bool)
        do {
            (now, hasRoom) = try await readers.run { [file] _ in (file.identity, file.hasRoom(for: Self.leastRoom)) }
        } catch {
            return nil
        }
        guard now != identity else {
            // Small writes still find a place in the log when large ones find none.
            return hasRoom ? nil : StoreError(.full, "The disk of the database file '\(file.path)' is full.")
        }
        return StoreError(
            .file,
            "The database file '\(file.path)' was removed or replaced while it was open; what is written is lost.")
    }

    public func close() async {
        defer { removeOwnFolder() }
        await readers.close()
        do { try pool.close() } catch { return }
    }

    deinit {
        removeOwnFolder()
    }

    private func removeOwnFolder() {
        guard let ownFolder else { return }
        do { try FileManager.default.removeItem(at: ownFolder) } catch { return }
    }

    /// Runs one batch on the writer. Writes that arrive meanwhile form the next batch.
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
        // Prepared once and kept, which GRDB's own way to run such statements is not.
        let control = SQLiteTransaction(database)
        do {
            try control.control("BEGIN IMMEDIATE")
        } catch {
            let failure = StoreError.translating(error)
            for write in batch { write.abandoned(failure) }
            return
        }
        var outcome: Result<Void, any Error> = .success(())
        var rest = batch[...]
        do {
            let isAlone = batch.count == 1
            var keepsSome = false
            while let write = rest.first {
                if !isAlone { try control.control("SAVEPOINT one") }
                rest = rest.dropFirst()
                let verdict = write.run(SQLiteTransaction(database))
                verdicts.append(verdict)
                keepsSome = keepsSome || verdict.keeps
                if isAlone { continue }
                if !verdict.keeps { try control.control("ROLLBACK TO one") }
                try control.control("RELEASE one")
            }
            try control.control(keepsSome ? "COMMIT" : "ROLLBACK")
        } catch {
            outcome = .failure(StoreError.translating(error))
            if database.isInsideTransaction { try? database.execute(sql: "ROLLBACK") }
        }
        for verdict in verdicts { verdict.acknowledge(outcome) }
        if case .failure(let error) = outcome { for write in rest { write.abandoned(error) } }
    }
}
