import Store

/// An error of PostgreSQL: a five-letter state and the names of the objects involved.
struct ErrorReport {
    /// The code of the SQL standard, such as `23505`; empty for an error of the library itself.
    let state: String
    /// `ERROR`, `FATAL` or `PANIC`.
    var severity = ""
    let message: String
    var detail: String?
    var table: String?
    var column: String?
    var constraint: String?

    /// The error in the terms that both engines share.
    var error: StoreError {
        let detail = "\(state): \(message)"
        if endsSession, !["28", "3D"].contains(state.prefix(2)) {
            return StoreError(.connection, detail, isTransient: true)
        }
        switch state {
        case "23505": return StoreError(.unique, detail, constraint: uniqueColumns ?? constraint)
        case "23503": return StoreError(.foreignKey, detail, constraint: constraint)
        case "23514": return StoreError(.check, detail, constraint: constraint)
        case "23502":
            return StoreError(.check, detail, constraint: [table, column].compactMap(\.self).joined(separator: "."))
        // Could not be serialized; a deadlock.
        case "40001", "40P01": return StoreError(.busy, detail, isTransient: true)
        // The server's memory of a prepared statement is stale or gone.
        case "0A000" where isAboutStalePlan, "26000": return StoreError(.busy, detail, isTransient: true)
        // Lock not available; statement time-out; limits of the server.
        case "55P03", "57014", "53300", "53200": return StoreError(.busy, detail, isTransient: true)
        case "53100": return StoreError(.full, detail)
        // The session is one that takes no writes; another one may.
        case "25006": return StoreError(.readOnly, detail, isTransient: true)
        default:
            if state.hasPrefix("28") || state.hasPrefix("53") || state == "3D000" {
                return StoreError(.connection, detail)
            }
            return StoreError(.statement, detail)
        }
    }

    /// A prepared statement on the server does not match its tables any more, or no longer exists.
    var isAboutStalePlan: Bool { state == "26000" || state == "0A000" && message.contains("cached plan") }

    /// The session has ended, even if the library still has its connection: the server reports that before it closes
    /// the connection. A pooler reports it with states of class 08.
    var endsSession: Bool {
        ["FATAL", "PANIC"].contains(severity) || state.hasPrefix("08") || state.hasPrefix("57P")
    }

    /// Whether the session must not be used again after such an error, because the session itself may be the cause,
    /// such as a setting with which it began.
    static func condemnsSession(_ error: StoreError) -> Bool {
        ["25", "53", "58", "F0", "XX"].contains { error.detail.hasPrefix($0) }
    }

    /// Whether the server may have refused because it is a standby.
    static func mayComeOfRecovery(_ error: StoreError) -> Bool {
        error.code == .readOnly || error.code == .statement && error.detail.hasPrefix("0A000")
    }

    /// Whether running the transaction again may succeed, at once or a little later: it lost against another one, or
    /// the server dropped a prepared statement.
    static func isRetried(_ error: StoreError) -> Bool {
        error.isTransient && ["40001", "40P01", "26000", "0A000"].contains { error.detail.hasPrefix($0) }
    }

    /// `things.room, things.name`, as SQLite says it, from `Key (room, name)=(a, b) already exists.`
    private var uniqueColumns: String? {
        guard let table, let detail, let open = detail.firstIndex(of: "("),
            let close = detail.firstRange(of: ")=(")?.lowerBound, open < close
        else { return nil }
        let columns = detail[detail.index(after: open)..<close]
        guard !columns.contains("(") else { return nil }
        return columns.split(separator: ", ").map { "\(table).\($0)" }.joined(separator: ", ")
    }
}
