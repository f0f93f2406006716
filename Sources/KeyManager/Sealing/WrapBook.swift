import FoundationEssentials
import Model
import Store

/// The wrapped keys of payloads, as the change of master keys sees them, inside the caller's transaction.
enum WrapBook {
    struct Wrap: Sendable {
        let secret: SecretID
        let project: ProjectID
        let masterKey: MasterKeyID
        let wrappedKey: Data
    }

    /// The master keys that are needed to open everything.
    static func masterKeys(in transaction: any Transaction) throws -> [MasterKeyID] {
        try transaction.all("SELECT DISTINCT master_key FROM key_manager_payloads ORDER BY master_key") { row in
            try row[0]
        }
    }

    /// Those that another key wraps, the first `most`.
    static func others(
        than key: MasterKeyID, most: Int, in transaction: any Transaction
    ) throws -> [Wrap] {
        try transaction.all(
            """
            SELECT p.secret, s.project, p.master_key, p.wrapped_key
            FROM key_manager_payloads p JOIN key_manager_secrets s ON s.id = p.secret
            WHERE p.master_key <> \(key) ORDER BY p.secret LIMIT \(most)
            """
        ) { row in
            Wrap(secret: try row[0], project: try row[1], masterKey: try row[2], wrappedKey: try row[3])
        }
    }

    /// Replaces a wrap, if it is still the one that was read.
    static func replace(
        _ wrap: Wrap, by key: MasterKeyID, _ wrappedKey: Data, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE key_manager_payloads SET master_key = \(key), wrapped_key = \(wrappedKey)
            WHERE secret = \(wrap.secret) AND master_key = \(wrap.masterKey)
            """)
    }
}
