import CPostgreSQL
import Store

/// One connection to the server. Blocks; lives on its session's thread.
///
/// Always in the library's pipeline mode: what need not be waited for (a `BEGIN`, a reader's `COMMIT`) travels with the
/// statement that is. Answers come in the order of what was sent.
///
/// Safe because the pointer stays inside and is freed once, with this object.
@safe
final class Connection {
    /// The transaction step to which the next results belong.
    private enum Expected {
        /// A result that is ignored, even if it is a failure.
        case discarded
        case needed
        case prepared(StatementKey)
        case transactionID
        case synchronization
    }

    private struct StatementKey: Hashable {
        let text: String
        let types: [UInt32]
    }

    /// Maximum number of prepared statements; then all are deallocated. Lists of many lengths make many texts.
    private static let statementLimit = 400

    private let pointer: OpaquePointer
    private let secret: String?
    private var statements: [StatementKey: String] = [:]
    private var nextStatement = 0
    /// Whether the server may have statements that are not in `statements`.
    private var isStale = false
    private var expected: [Expected] = []
    /// The number of the transaction that `begin` opened, if it writes.
    private(set) var transactionID: Int64?
    private(set) var lineage: Lineage?

    /// Connects. Throws `StoreError.connection` with the library's message, without the password.
    ///
    /// Safe: the keywords and values are lent for the call only; the pointer is checked, kept by this object and
    /// freed with it.
    init(_ configuration: ConnectionParameters) throws(StoreError) {
        secret = configuration.password
        let keywords = CStrings(configuration.pairs.map(\.0))
        let values = CStrings(configuration.pairs.map(\.1))
        let pointer = unsafe keywords.withPointers { keywords in
            unsafe values.withPointers { values in unsafe PQconnectdbParams(keywords, values, 1) }
        }
        guard let pointer = unsafe pointer else { throw StoreError(.connection, "out of memory", isTransient: true) }
        unsafe self.pointer = unsafe pointer
        guard unsafe PQstatus(pointer) == CONNECTION_OK else { throw trouble() }
        unsafe kilonova_pq_silence(pointer)
        guard unsafe PQenterPipelineMode(pointer) == 1 else { throw trouble() }
        for statement in configuration.greeting { _ = try execute(plain: statement) }
        lineage = try Lineage(of: self)
    }

    /// Safe: this object alone has the pointer, and has it until now.
    deinit {
        unsafe PQfinish(pointer)
    }

    /// Whether the server has reported the end of the session. The library notices it only when the connection is
    /// closed.
    private var isEnded = false

    /// Safe: the pointer is valid until `deinit`.
    var isBroken: Bool { unsafe isEnded || PQstatus(pointer) != CONNECTION_OK }

    /// Whether a transaction was begun and neither committed nor rolled back.
    private(set) var isOpen = false

    /// Deallocates the prepared statements if there are many. Only between transactions.
    func tidy() throws(StoreError) {
        guard isStale || statements.count > Self.statementLimit else { return }
        _ = try execute(plain: "DEALLOCATE ALL")
        statements = [:]
        isStale = false
    }

    /// Sends the opening of a transaction together with its first statement. A writer also requests its transaction
    /// number, so that readers of the change log, and a writer that loses the response to its commit, can determine how
    /// it ended.
    func begin(_ mode: Session.Mode) throws(StoreError) {
        transactionID = nil
        isOpen = true
        try send(prepared: mode.opening, .needed)
        if mode != .read { try send(prepared: "SELECT pg_current_xact_id()", .transactionID) }
    }

    /// Sends the end of a transaction that changed nothing, and does not wait for it.
    func finish() throws(StoreError) {
        isOpen = false
        try send(prepared: "COMMIT", .discarded)
        try synchronize()
    }

    func commit() throws(StoreError) -> String {
        try send(prepared: "COMMIT", .needed)
        let tag = try answer().tag
        isOpen = false
        return tag
    }

    func rollBack() throws(StoreError) {
        guard isOpen else { return }
        _ = try execute(plain: "ROLLBACK")
        isOpen = false
    }

    /// Runs a statement without values, not prepared.
    ///
    /// Safe: the text lives as long as the call, and there are no parameters.
    func execute(plain text: String) throws(StoreError) -> QueryResult {
        try expect(.needed, unsafe PQsendQueryParams(pointer, text, 0, nil, nil, nil, nil, 0))
        return try answer()
    }

    /// Runs a statement with its values, prepared on first use.
    ///
    /// Safe: the three arrays have `parameters.count` entries and live as long as the call.
    func execute(_ statement: SQL) throws(StoreError) -> QueryResult {
        let text = statement.render(.postgresql)
        let parameters = Parameters(statement.values)
        if parameters.count == 0, !Self.isWorthPreparing(text) { return try execute(plain: text) }
        let name = try prepare(text, parameters.types)
        let sent = unsafe parameters.withPointers { values, lengths, formats in
            unsafe PQsendQueryPrepared(pointer, name, parameters.count, values, lengths, formats, 0)
        }
        try expect(.needed, sent)
        return try answer()
    }

    /// Safe: the name lives as long as the call, and there are no parameters.
    private func send(prepared text: String, _ kind: Expected) throws(StoreError) {
        let name = try prepare(text, [])
        try expect(kind, unsafe PQsendQueryPrepared(pointer, name, 0, nil, nil, nil, 0))
    }

    /// Safe: name, text and types live as long as the call, which is told the true number of types.
    private func prepare(_ text: String, _ types: [UInt32]) throws(StoreError) -> String {
        let key = StatementKey(text: text, types: types)
        if let name = statements[key] { return name }
        nextStatement += 1
        let name = "k\(nextStatement)"
        try expect(.prepared(key), unsafe PQsendPrepare(pointer, name, text, Int32(types.count), types))
        statements[key] = name
        return name
    }

    private static func isWorthPreparing(_ text: String) -> Bool {
        ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains { text.hasPrefix($0) }
    }

    private func expect(_ kind: Expected, _ sent: Int32) throws(StoreError) {
        guard sent == 1 else { throw isBroken ? trouble() : StoreError(.statement, trouble().detail) }
        expected.append(kind)
    }

    /// Safe: the pointer is valid until `deinit`.
    private func synchronize() throws(StoreError) {
        try expect(.synchronization, unsafe PQpipelineSync(pointer))
    }

    /// Reads the results of everything that was sent. Returns the last one, or throws the first failure, after which
    /// nothing was run.
    ///
    /// Safe: `QueryResult` becomes the one owner of the result.
    private func answer() throws(StoreError) -> QueryResult {
        try synchronize()
        let all = expected
        expected = []
        var last: QueryResult?
        var failure: StoreError?
        reading: for kind in all {
            guard let result = unsafe next() else {
                isEnded = true
                throw failure ?? trouble()
            }
            let answer = unsafe QueryResult(result)
            if answer.hasFailed {
                if answer.report.endsSession { isEnded = true }
                if isBroken {
                    // The session ended after all was answered: a `COMMIT` that was answered is one.
                    if case .synchronization = kind, failure == nil, last != nil { break reading }
                    throw failure ?? error(answer)
                }
                if case .prepared(let key) = kind { statements[key] = nil }
                if case .discarded = kind { continue }
                if failure == nil, !answer.isSkipped { failure = error(answer) }
            }
            switch kind {
            case .needed: last = consume answer
            case .transactionID: transactionID = answer.hasFailed ? nil : try answer.columns(0).number(0)
            case .discarded, .prepared, .synchronization: break
            }
        }
        if let failure { throw failure }
        guard let last else { throw StoreError(.statement, "the server gave no answer") }
        return last
    }

    /// The one result of the next command, or of a synchronization; the library ends a command's results with a null.
    ///
    /// Safe: each result is freed once: here, or by the `QueryResult` that takes it.
    private func next() -> OpaquePointer? {
        guard let result = unsafe PQgetResult(pointer) else { return nil }
        if unsafe PQresultStatus(result) == PGRES_PIPELINE_SYNC { return unsafe result }
        while let more = unsafe PQgetResult(pointer) { unsafe PQclear(more) }
        return unsafe result
    }

    private func error(_ answer: borrowing QueryResult) -> StoreError {
        let report = answer.report
        if report.state.isEmpty { return trouble() }
        if report.isAboutStalePlan { (statements, isStale) = ([:], true) }
        return ErrorReport(
            state: report.state, severity: report.severity, message: withoutSecret(report.message),
            detail: report.detail, table: report.table,
            column: report.column, constraint: report.constraint
        ).error
    }

    /// The library's own error: no connection, a broken one, no memory.
    ///
    /// Safe: the library returns a text that ends with a zero, which is copied.
    private func trouble() -> StoreError {
        let message = unsafe String(cString: PQerrorMessage(pointer))
        return StoreError(.connection, withoutSecret(message), isTransient: true)
    }

    private func withoutSecret(_ message: String) -> String {
        guard let secret, !secret.isEmpty else { return message }
        return message.replacing(secret, with: "***")
    }
}

extension Connection {
    /// Whether the server is a standby, which accepts no writes until it is promoted.
    func isInRecovery() throws(StoreError) -> Bool {
        let result = try execute(plain: "SELECT pg_is_in_recovery()")
        return result.rows == 1 ? try result.columns(0).integer(0) == 1 : false
    }

    /// Ends the session in which a transaction still runs, because nobody uses it any more. A transaction that is
    /// committing finishes.
    func terminate(_ transaction: Int64) throws(StoreError) {
        _ = try execute(
            """
            SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity
            WHERE backend_xid = CAST(CAST(\("\(transaction)") AS xid8) AS xid)
            """)
    }
}
