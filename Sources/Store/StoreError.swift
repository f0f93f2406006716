/// Trouble of the database. Never shown to a client: `description` names only the kind, `debugDescription` everything.
public struct StoreError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    public struct Code: Sendable, Hashable {
        public let name: String
        private init(_ name: String) { self.name = name }

        /// A unique constraint was broken. `constraint` names the table and columns or the index, as the engine says it.
        public static let unique = Code("unique constraint")
        public static let foreignKey = Code("foreign key constraint")
        public static let check = Code("check constraint")
        /// The engine could not give every transaction its turn; retries are used up.
        public static let busy = Code("busy")
        /// No connection, or it broke.
        public static let connection = Code("connection")
        /// A column is not of the type that the program expects.
        public static let column = Code("column type")
        /// The schema is newer than this program, or a migration was changed after it ran.
        public static let schema = Code("schema")
        /// The statement itself is wrong, or anything else.
        public static let statement = Code("statement")
        /// The store is closed.
        public static let closed = Code("closed")
        /// The database's disk is full, or a quota of it.
        public static let full = Code("full")
        /// The database takes no writes: its file system or the server's setting forbids them, or the server is a standby.
        public static let readOnly = Code("read-only")
        /// A commit was sent and never answered, and nobody can say how it ended.
        public static let outcomeUnknown = Code("outcome unknown")
        /// What lies on the disk is not what the engine wrote.
        public static let damaged = Code("damaged")
        /// The database's file cannot be used; `detail` is a sentence that names it.
        public static let file = Code("file")
    }

    public let code: Code
    /// What the engine said, for the log.
    public let detail: String
    /// Which constraint was broken, where the engine says it.
    public let constraint: String?
    /// True when running the transaction again may succeed.
    public let isTransient: Bool

    public init(_ code: Code, _ detail: String, constraint: String? = nil, isTransient: Bool = false) {
        self.code = code
        self.detail = detail
        self.constraint = constraint
        self.isTransient = isTransient
    }

    public var description: String { "the database reported trouble: \(code.name)" }
    public var debugDescription: String { "\(code.name): \(detail)" }
}
