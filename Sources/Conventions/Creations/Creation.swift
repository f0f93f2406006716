public import API
import HTTPTypes
import Model
public import Store

/// One request that makes something, with what its sender says of it: a key that makes it happen once, or that it is a dry run.
public struct Creation: Sendable {
    private let store: any StateStore
    private let now: Timestamp
    private let book: IdempotencyBook
    private let key: IdempotencyKey?
    private let isDryRun: Bool

    /// What a dry run would have answered, on its way out of the transaction that it undoes.
    private struct Rehearsed: Error {
        let reply: Reply
    }

    init(store: any StateStore, at now: Timestamp, book: IdempotencyBook, key: IdempotencyKey?, isDryRun: Bool) {
        self.store = store
        self.now = now
        self.book = book
        // A dry run makes nothing that could happen twice.
        self.key = isDryRun ? nil : key
        self.isDryRun = isDryRun
    }

    /// The response to the first request with this key, if there was one.
    func first() async throws -> Reply? {
        guard let key else { return nil }
        return try await store.read { [book, now] in try book.find(key, at: now, in: $0) }
    }

    /// Makes it: runs `body` in one transaction, and keeps the response for the key in the same one. A dry run is rolled back, and its
    /// response has the status 200.
    ///
    /// - Parameter body: returns a response whose body is in memory
    public func write(_ body: @escaping @Sendable (any Transaction) throws -> Reply) async throws -> Reply {
        do {
            return try await store.write { [book, key, now, isDryRun] transaction in
                if let key, try !book.take(key, at: now, in: transaction) {
                    guard let first = try book.find(key, at: now, in: transaction) else {
                        throw Fault(
                            .conflict,
                            "Another request with the same \(IdempotencyKey.header) is under way; try again.",
                            field: IdempotencyKey.header)
                    }
                    return first
                }
                let reply = try body(transaction)
                if isDryRun { throw Rehearsed(reply: reply) }
                if let key { try book.keep(reply, for: key, in: transaction) }
                return reply
            }
        } catch let rehearsed as Rehearsed {
            var reply = rehearsed.reply
            reply.status = 200
            reply.headers[.location] = nil
            return reply
        }
    }
}
