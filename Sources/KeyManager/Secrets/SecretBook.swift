import Conventions
import FoundationEssentials
import Model
import Store

/// Reads and writes secrets inside the caller's transaction. What has expired is not there.
enum SecretBook {
    private static let tables: SQL = "key_manager_secrets s LEFT JOIN key_manager_payloads p ON p.secret = s.id"

    /// Of those that the caller may see.
    static func visible(_ scope: TenantScope, at now: Timestamp) -> SQL {
        "\(scope.condition("s.project")) AND (s.expires_at IS NULL OR s.expires_at > \(now))"
    }

    /// Throws 404 where there is none that the caller may see.
    static func get(
        _ id: SecretID, _ scope: TenantScope, at now: Timestamp, in transaction: any Transaction
    ) throws -> SecretRecord {
        let found = try transaction.first(
            "SELECT \(SecretRecord.columns) FROM \(tables) WHERE s.id = \(id) AND \(visible(scope, at: now))"
        ) { row in try SecretRecord(row) }
        guard let found else { throw unknown }
        return found
    }

    /// In the words that clients show.
    static var unknown: Fault { .notFound("Secret not found.") }

    /// A part of those that the conditions leave, and how many these are.
    static func list(
        _ conditions: SQL, order: SQL, limit: Int, offset: Int, in transaction: any Transaction
    ) throws -> (records: [SecretRecord], total: Int) {
        let total: Int =
            try transaction.first("SELECT COUNT(*) FROM key_manager_secrets s WHERE \(conditions)") { row in
                try row[0]
            } ?? 0
        let records = try transaction.all(
            """
            SELECT \(SecretRecord.columns) FROM \(tables) WHERE \(conditions)
            ORDER BY \(order) LIMIT \(limit) OFFSET \(offset)
            """
        ) { row in try SecretRecord(row) }
        return (records, total)
    }

    /// Expired ones count: they take their place, too.
    static func count(of project: ProjectID, in transaction: any Transaction) throws -> Int {
        try transaction.first("SELECT COUNT(*) FROM key_manager_secrets WHERE project = \(project)") { row in
            try row[0]
        } ?? 0
    }

    static func insert(_ secret: SecretRecord, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO key_manager_secrets (id, project, creator, name, type, algorithm, bit_length, mode, expires_at,
                created_at, updated_at)
            VALUES (\(secret.id), \(secret.project), \(secret.creator), \(secret.name), \(secret.type.rawValue),
                \(secret.algorithm), \(secret.bitLength), \(secret.mode), \(secret.expires), \(secret.created),
                \(secret.updated))
            """)
    }

    /// Gives a secret its payload. False where it has one.
    static func put(
        _ payload: SealedPayload, _ type: ContentType, in id: SecretID, at now: Timestamp,
        in transaction: any Transaction
    ) throws -> Bool {
        let inserted = try transaction.execute(
            """
            INSERT INTO key_manager_payloads (secret, content_type, master_key, wrapped_key, sealed)
            VALUES (\(id), \(type.rawValue), \(payload.masterKey), \(payload.wrappedKey), \(payload.sealed))
            ON CONFLICT (secret) DO NOTHING
            """)
        guard inserted == 1 else { return false }
        try transaction.execute("UPDATE key_manager_secrets SET updated_at = \(now) WHERE id = \(id)")
        return true
    }

    /// Nil where it has none.
    static func payload(of id: SecretID, in transaction: any Transaction) throws -> SealedPayload? {
        try transaction.first(
            "SELECT master_key, wrapped_key, sealed FROM key_manager_payloads WHERE secret = \(id)"
        ) { row in SealedPayload(masterKey: try row[0], wrappedKey: try row[1], sealed: try row[2]) }
    }

    static func delete(_ id: SecretID, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM key_manager_payloads WHERE secret = \(id)")
        try transaction.execute("DELETE FROM key_manager_secrets WHERE id = \(id)")
    }
}
