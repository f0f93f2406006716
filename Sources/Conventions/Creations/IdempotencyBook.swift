import API
import FoundationEssentials
import HTTPTypes
import Model
import Store

/// The keys that are in use and the responses that they stand for, inside a transaction.
struct IdempotencyBook: Sendable {
    /// How long a key stands for its response.
    static let age = Duration.seconds(24 * 3600)

    let service: String

    /// The response that the key stands for; nil where it is free. Throws 422 where it stands for another request's.
    func find(_ key: IdempotencyKey, at now: Timestamp, in transaction: any Transaction) throws -> Reply? {
        let found: (digest: String, reply: Reply?)? = try transaction.first(
            """
            SELECT digest, status, headers, body FROM idempotency_keys
            WHERE service = \(service) AND owner = \(key.owner) AND key = \(key.text) AND created_at > \(now - Self.age)
            """
        ) { row in (try row[0], try Self.reply(try row[1], try row[2], try row[3])) }
        guard let found else { return nil }
        guard found.digest == key.digest else {
            throw Fault(
                .unprocessable,
                "The \(IdempotencyKey.header) '\(key.text.shown)' was used for another request within the last 24 "
                    + "hours; choose a new one for each request.", field: IdempotencyKey.header)
        }
        guard let reply = found.reply else { throw Fault.internalError("an idempotency key stands for no response") }
        return reply
    }

    /// Takes the key for this transaction. False where another request took it meanwhile.
    func take(_ key: IdempotencyKey, at now: Timestamp, in transaction: any Transaction) throws -> Bool {
        try transaction.execute(
            """
            DELETE FROM idempotency_keys WHERE service = \(service) AND owner = \(key.owner) AND key = \(key.text)
                AND created_at <= \(now - Self.age)
            """)
        return try transaction.execute(
            """
            INSERT INTO idempotency_keys (service, owner, key, digest, created_at)
            VALUES (\(service), \(key.owner), \(key.text), \(key.digest), \(now))
            ON CONFLICT (service, owner, key) DO NOTHING
            """) == 1
    }

    /// Lets the key stand for `reply`, whose body is in memory.
    func keep(_ reply: Reply, for key: IdempotencyKey, in transaction: any Transaction) throws {
        let body: [UInt8]
        switch reply.body {
        case .none: body = []
        case .bytes(let bytes): body = bytes
        default: throw Fault.internalError("a response that is not in memory cannot be kept for an idempotency key")
        }
        let fields = reply.headers.map { [$0.name.rawName, $0.value] }
        try transaction.execute(
            """
            UPDATE idempotency_keys SET status = \(reply.status),
                headers = \(String(decoding: try JSONEncoder().encode(fields), as: UTF8.self)), body = \(Data(body))
            WHERE service = \(service) AND owner = \(key.owner) AND key = \(key.text)
            """)
    }

    /// Removes up to `most` keys that stand for nothing any more; says how many.
    static func sweep(at now: Timestamp, most: Int, in transaction: any Transaction) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM idempotency_keys WHERE (service, owner, key) IN (
                SELECT service, owner, key FROM idempotency_keys WHERE created_at <= \(now - age)
                ORDER BY created_at LIMIT \(most))
            """)
    }

    private static func reply(_ status: Int?, _ headers: String?, _ body: Data?) throws -> Reply? {
        guard let status, let headers, let body else { return nil }
        var fields: HTTPFields = [:]
        if let replayed = IdempotencyKey.replayed { fields[replayed] = "true" }
        for field in try JSONDecoder().decode([[String]].self, from: Data(headers.utf8)) where field.count == 2 {
            if let name = HTTPField.Name(field[0]) { fields[name] = field[1] }
        }
        return Reply(status: status, headers: fields, body: body.isEmpty ? .none : .bytes(Array(body)))
    }
}
