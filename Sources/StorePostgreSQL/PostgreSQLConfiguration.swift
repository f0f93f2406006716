/// Where the PostgreSQL database is and how patient to be with it.
public struct PostgreSQLConfiguration: Sendable {
    /// A URL (`postgresql://user@host/database?sslmode=verify-full&sslrootcert=…`) or `keyword=value` words, as libpq
    /// reads them. TLS, several hosts, and `target_session_attrs` are options of it.
    public var connection: String
    /// Takes the place of a password in `connection`.
    public var password: String?
    /// Connections that write. PostgreSQL makes concurrent commits share one flush.
    public var writers = 8
    /// Connections that read.
    public var readers = 8
    /// How long one attempt to connect may take; whole seconds.
    var connectTimeout: Duration = .seconds(5)
    /// How long a call may wait for a connection, for the server to come back, and for its turn among conflicting
    /// writes, all together.
    public var patience: Duration = .seconds(10)
    /// How long the server may work on one statement.
    public var statementTimeout: Duration = .seconds(20)

    public init(connection: String) {
        self.connection = connection
    }
}

/// Never prints the connection string: it may hold a password.
extension PostgreSQLConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "PostgreSQL (\(writers) writers, \(readers) readers)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["writers": writers, "readers": readers]) }
}
