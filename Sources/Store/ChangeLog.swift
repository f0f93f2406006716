/// The table `change_log`: what changed, written in the transaction of the change, so that every replica can update its
/// memory.
public enum ChangeLog {
    /// One line of the log.
    public struct Entry: Sendable, Equatable {
        /// Always growing. Gaps are normal; on PostgreSQL an entry may become visible after a later one.
        public let sequence: Int64
        /// The kind of object that changed: `provider`, `device`, `identity`.
        public let kind: String
        public let key: String
        public let generation: Int64

        public init(sequence: Int64, kind: String, key: String, generation: Int64) {
            self.sequence = sequence
            self.kind = kind
            self.key = key
            self.generation = generation
        }
    }
}

extension Transaction {
    /// Records in this transaction that `key` of `kind` is now at `generation`.
    ///
    /// It should be the last statement of its transaction: on PostgreSQL, readers wait for a number once it is drawn.
    public func note(change kind: String, key: String, generation: Int64 = 0) throws {
        try execute(
            "INSERT INTO change_log (kind, key, generation) VALUES (\(kind), \(key), \(generation))")
    }

    /// The number of the newest entry that this transaction sees, or 0.
    package func latestChange() throws -> Int64 {
        try first("SELECT MAX(seq) FROM change_log") { row in try row[0] as Int64? ?? 0 } ?? 0
    }
}

extension SQL {
    /// The kind of change that this statement writes to the change log; empty if that is unknown, nil if it writes
    /// none.
    package var notedKind: String? {
        if let notes { return notes }
        guard fragments[0].hasPrefix("INSERT INTO change_log") else { return nil }
        guard case .text(let kind)? = values.first else { return "" }
        return kind
    }
}
