import GRDB
import Store

/// A thread's connection that only reads, opened when first needed.
final class SQLiteReader {
    private let path: String
    private let configuration: Configuration
    private var queue: DatabaseQueue?

    init(path: String, configuration: Configuration) {
        self.path = path
        self.configuration = configuration
    }

    /// Runs `body` on one snapshot.
    func read<Result>(_ body: (any Transaction) throws -> Result) throws -> Result {
        do {
            return try opened().inDatabase { database in
                let transaction = SQLiteTransaction(database)
                try transaction.control("BEGIN DEFERRED TRANSACTION")
                do {
                    let result = try transaction.run(body)
                    try transaction.control("COMMIT TRANSACTION")
                    return result
                } catch {
                    if database.isInsideTransaction { try database.execute(sql: "ROLLBACK TRANSACTION") }
                    throw error
                }
            }
        } catch {
            let translated = StoreError.translating(error)
            // The connection takes no writes, whatever the file does: a read that writes is a mistake of this program.
            if let trouble = translated as? StoreError, trouble.code == .readOnly {
                throw StoreError(.statement, trouble.detail)
            }
            throw translated
        }
    }

    private func opened() throws -> DatabaseQueue {
        if let queue { return queue }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        self.queue = queue
        return queue
    }

    /// Closes the connection.
    func end() {
        queue = nil
    }
}
