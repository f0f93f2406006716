import FoundationEssentials
import GRDB
import GRDBSQLite
import Store

/// A prepared statement, used past GRDB's rows and cursors: those cost more than SQLite itself.
///
/// Safe because the pointer belongs to `owner`, which lives as long as this, and never leaves the connection's thread.
@safe
struct SQLiteStatement {
    private let owner: Statement
    private let pointer: OpaquePointer

    /// From the connection's cache, or a new one where the cached one is in use.
    ///
    /// Safe: the pointer belongs to `owner`, which this value holds.
    init(_ text: String, on database: Database) throws {
        var owner = try database.cachedStatement(sql: text)
        if unsafe sqlite3_stmt_busy(owner.sqliteStatement) != 0 { owner = try database.makeStatement(sql: text) }
        self.owner = owner
        unsafe pointer = unsafe owner.sqliteStatement
    }

    func bind(_ values: [Store.SQL.Value]) throws {
        for (index, value) in values.enumerated() { try check(bind(value, Int32(index + 1))) }
    }

    /// Safe: SQLite gets each text and blob with its true size, and copies it.
    private func bind(_ value: Store.SQL.Value, _ position: Int32) -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(pointer, position)
        case .integer(let integer): return unsafe sqlite3_bind_int64(pointer, position, integer)
        case .double(let double): return unsafe sqlite3_bind_double(pointer, position, double)
        case .text(var text):
            return text.withUTF8 { bytes in
                unsafe sqlite3_bind_text(pointer, position, bytes.baseAddress, Int32(bytes.count), Self.copied)
            }
        case .blob(let data):
            if data.isEmpty { return unsafe sqlite3_bind_zeroblob(pointer, position, 0) }
            return unsafe data.withUnsafeBytes { bytes in
                unsafe sqlite3_bind_blob(pointer, position, bytes.baseAddress, Int32(bytes.count), Self.copied)
            }
        }
    }

    /// Tells SQLite to copy what it is given.
    ///
    /// Safe: SQLite defines -1 as the value that makes it copy.
    private static var copied: sqlite3_destructor_type { unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    /// True when there is a row to read.
    ///
    /// Safe: the pointer belongs to `owner`, which this value holds.
    func step() throws -> Bool {
        let code = unsafe sqlite3_step(pointer)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        throw trouble(code)
    }

    /// Safe: the columns are read on the thread of the connection, before the next step.
    var columns: SQLiteColumns { unsafe SQLiteColumns(pointer) }

    /// Makes it ready for its next use.
    ///
    /// Safe: the pointer belongs to `owner`, which this value holds.
    func finish() {
        unsafe sqlite3_reset(pointer)
        unsafe sqlite3_clear_bindings(pointer)
    }

    private func check(_ code: Int32) throws {
        if code != SQLITE_OK { throw trouble(code) }
    }

    /// Safe: the connection is that of the statement; its message ends with a zero and is copied.
    private func trouble(_ code: Int32) -> StoreError {
        let connection = unsafe sqlite3_db_handle(pointer)
        let message = unsafe sqlite3_errmsg(connection).map { unsafe String(cString: $0) }
        let extended = unsafe sqlite3_extended_errcode(connection)
        return StoreError(
            sqlite: DatabaseError(resultCode: ResultCode(rawValue: extended), message: message),
            systemError: unsafe sqlite3_system_errno(connection))
    }
}
