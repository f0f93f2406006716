import CPostgreSQL
import Store

/// One connection to the server. Blocks; lives on its session's thread.
///
/// Safe because the pointer stays inside and is freed once, with this object.
@safe
final class Connection {
    /// Statements kept before all are forgotten at once; lists of many lengths make many texts.
    private static let statementLimit = 400

    private struct StatementKey: Hashable {
        let text: String
        let types: [UInt32]
    }

    private let pointer: OpaquePointer
    private let secret: String?
    private var statements: [StatementKey: String] = [:]
    private var nextStatement = 0

    /// Connects. Throws `StoreError.connection` with what the library says, without the password.
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
        for statement in configuration.greeting { _ = try execute(plain: statement) }
    }

    deinit {
        unsafe PQfinish(pointer)
    }

    var isBroken: Bool { unsafe PQstatus(pointer) != CONNECTION_OK }

    /// No transaction is open.
    var isIdle: Bool { unsafe PQtransactionStatus(pointer) == PQTRANS_IDLE }

    /// Forgets the prepared statements when there are many. Between transactions.
    func tidy() throws(StoreError) {
        if statements.count > Self.statementLimit { try forgetStatements() }
    }

    func forgetStatements() throws(StoreError) {
        _ = try execute(plain: "DEALLOCATE ALL")
        statements = [:]
    }

    /// Runs a statement without values, not prepared.
    func execute(plain text: String) throws(StoreError) -> QueryResult {
        unsafe try checked(PQexec(pointer, text))
    }

    /// Runs a statement with its values, prepared on first use.
    func execute(_ statement: SQL) throws(StoreError) -> QueryResult {
        let text = statement.render(.postgresql)
        let parameters = Parameters(statement.values)
        if parameters.count == 0, !Self.isWorthPreparing(text) { return try execute(plain: text) }
        let name = try prepare(text, parameters)
        return unsafe try checked(
            parameters.withPointers { values, lengths, formats in
                unsafe PQexecPrepared(pointer, name, parameters.count, values, lengths, formats, 0)
            })
    }

    private func prepare(_ text: String, _ parameters: Parameters) throws(StoreError) -> String {
        let key = StatementKey(text: text, types: parameters.types)
        if let name = statements[key] { return name }
        nextStatement += 1
        let name = "k\(nextStatement)"
        _ = unsafe try checked(PQprepare(pointer, name, text, parameters.count, parameters.types))
        statements[key] = name
        return name
    }

    private static func isWorthPreparing(_ text: String) -> Bool {
        ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains { text.hasPrefix($0) }
    }

    private func checked(_ result: OpaquePointer?) throws(StoreError) -> QueryResult {
        guard let result = unsafe result else { throw trouble() }
        let answer = unsafe QueryResult(result)
        guard answer.hasFailed else { return answer }
        let report = answer.report
        if report.state.isEmpty { throw trouble() }
        if report.state == "26000" || report.state == "0A000" { statements = [:] }
        throw ErrorReport(
            state: report.state, message: withoutSecret(report.message), detail: report.detail, table: report.table,
            column: report.column, constraint: report.constraint
        ).error
    }

    /// What the library itself has to say: no connection, a broken one, no memory.
    private func trouble() -> StoreError {
        let message = unsafe String(cString: PQerrorMessage(pointer))
        return StoreError(.connection, withoutSecret(message), isTransient: true)
    }

    private func withoutSecret(_ message: String) -> String {
        guard let secret, !secret.isEmpty else { return message }
        return message.replacing(secret, with: "***")
    }
}
