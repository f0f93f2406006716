/// An error of the database. It is never shown to a client: `description` names only the kind, `debugDescription`
/// contains everything.
public struct StoreError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    public struct Code: Sendable, Hashable {
        public let name: String
        private init(_ name: String) { self.name = name }

        /// A unique constraint was violated. `constraint` names the table and columns, or the index, as the engine
        /// reports it.
        public static let unique = Code("unique constraint")
        public static let foreignKey = Code("foreign key constraint")
        public static let check = Code("check constraint")
        /// The transaction did not get its turn; retries are used up.
        public static let busy = Code("busy")
        /// There is no connection, or it broke.
        public static let connection = Code("connection")
        /// A column does not have the type that the program expects.
        public static let column = Code("column type")
        /// The schema is newer than this program, or a migration was changed after it ran.
        public static let schema = Code("schema")
        /// The statement itself is wrong, or any other error.
        public static let statement = Code("statement")
        /// The store is closed.
        public static let closed = Code("closed")
        /// The database's disk is full, or a quota of it.
        public static let full = Code("full")
        /// The database accepts no writes: its file system or the server's setting forbids them, or the server is a
        /// standby.
        public static let readOnly = Code("read-only")
        /// A commit was sent, no response came, and its outcome cannot be determined.
        public static let outcomeUnknown = Code("outcome unknown")
        /// The content of the disk is not what the engine wrote.
        public static let damaged = Code("damaged")
        /// The database's file cannot be used; `detail` is a sentence that names it.
        public static let file = Code("file")
    }

    public let code: Code
    /// The engine's message, for the log.
    public let detail: String
    /// The violated constraint, if the engine reports it.
    public let constraint: String?
    /// Whether running the transaction again may succeed.
    public let isTransient: Bool

    public init(_ code: Code, _ detail: String, constraint: String? = nil, isTransient: Bool = false) {
        self.code = code
        self.detail = detail
        self.constraint = constraint
        self.isTransient = isTransient
    }

    public var description: String { "the database reported an error: \(code.name)" }
    public var debugDescription: String { "\(code.name): \(detail)" }
}
