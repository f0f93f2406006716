/// The address of the PostgreSQL database, and its timeouts.
public struct PostgreSQLConfiguration: Sendable {
    /// A URL (`postgresql://user@host/database?sslmode=verify-full&sslrootcert=…`) or `keyword=value` words, as libpq
    /// reads them. It may contain TLS options, several hosts, and `target_session_attrs`.
    public var connection: String
    /// Replaces the password in `connection`.
    public var password: String?
    /// Number of connections that write. PostgreSQL makes concurrent commits share one flush.
    public var writers = 8
    /// Number of connections that read.
    public var readers = 8
    /// Timeout of one attempt to connect, in whole seconds.
    var connectTimeout: Duration = .seconds(5)
    /// The total time that a call may wait for a connection, for the server to come back, and for its turn among
    /// conflicting writes.
    public var patience: Duration = .seconds(10)
    /// Timeout of one statement on the server.
    package var statementTimeout: Duration = .seconds(20)

    public init(connection: String) {
        self.connection = connection
    }
}

/// Never prints the connection string, because it may contain a password.
extension PostgreSQLConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "PostgreSQL (\(writers) writers, \(readers) readers)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["writers": writers, "readers": readers]) }
}
