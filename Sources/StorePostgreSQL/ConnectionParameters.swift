import CPostgreSQL
import Store

/// A configuration as libpq wants it: words and values, ours before the operator's, so that his win.
///
/// Safe: the list that libpq allocates ends with a null keyword, is copied from, and is freed at the end of the
/// function.
struct ConnectionParameters: Sendable {
    let pairs: [(String, String)]
    /// Statements that every new connection runs first.
    let greeting: [String]
    /// The password, which must not appear in any message.
    let password: String?

    /// Throws `StoreError.connection` when the connection string cannot be read; the message does not quote it.
    init(_ configuration: PostgreSQLConfiguration) throws(StoreError) {
        let written = try Self.password(in: configuration.connection)
        var pairs = [
            ("fallback_application_name", "kilonova"),
            ("connect_timeout", "\(max(2, configuration.connectTimeout.components.seconds))"),
            // A server that vanished without a word is noticed within seconds.
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"), ("dbname", configuration.connection), ("client_encoding", "UTF8"),
        ]
        if let password = configuration.password { pairs.append(("password", password)) }
        self.pairs = pairs
        password = configuration.password ?? written
        let limit = max(1, configuration.statementTimeout.milliseconds)
        greeting = [
            "SET statement_timeout = \(limit)", "SET idle_in_transaction_session_timeout = \(limit)",
            // Statements have few and known shapes; a plan made anew for each use costs more than most of them.
            "SET plan_cache_mode = force_generic_plan", "SET client_min_messages = warning", "SET bytea_output = hex",
            "SET extra_float_digits = 1",
            // An acknowledged write is durable, whatever the server's own default is.
            """
            SELECT set_config('synchronous_commit', 'on', false)
            WHERE current_setting('synchronous_commit') = 'off'
            """,
        ]
    }

    private static func password(in connection: String) throws(StoreError) -> String? {
        // The message may quote the string with its password, so it is not asked for.
        guard let options = unsafe PQconninfoParse(connection, nil) else {
            throw StoreError(
                .connection,
                "the connection string is neither a postgresql:// URL nor a list of keyword=value words that libpq knows"
            )
        }
        defer { unsafe PQconninfoFree(options) }
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if unsafe String(cString: keyword) == "password" {
                return unsafe option.pointee.val.map { unsafe String(cString: $0) }
            }
            unsafe option += 1
        }
        return nil
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
