import FoundationEssentials
import GRDBSQLite
import Store

/// The columns of SQLite's current row.
///
/// Safe because a `Row` with it never outlives the call that lends it, and the statement outlives that call.
@safe
struct SQLiteColumns: Columns {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) {
        unsafe self.statement = unsafe statement
    }

    func isNull(_ index: Int) -> Bool { type(index) == SQLITE_NULL }

    func integer(_ index: Int) throws(StoreError) -> Int64 {
        guard type(index) == SQLITE_INTEGER else { throw mismatch(index, "an integer") }
        return unsafe sqlite3_column_int64(statement, Int32(index))
    }

    func double(_ index: Int) throws(StoreError) -> Double {
        let type = type(index)
        guard type == SQLITE_FLOAT || type == SQLITE_INTEGER else { throw mismatch(index, "a number") }
        return unsafe sqlite3_column_double(statement, Int32(index))
    }

    func text(_ index: Int) throws(StoreError) -> String {
        guard type(index) == SQLITE_TEXT, let start = unsafe sqlite3_column_text(statement, Int32(index)) else {
            throw mismatch(index, "text")
        }
        let count = Int(unsafe sqlite3_column_bytes(statement, Int32(index)))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func blob(_ index: Int) throws(StoreError) -> Data {
        guard type(index) == SQLITE_BLOB else { throw mismatch(index, "bytes") }
        let start = unsafe sqlite3_column_blob(statement, Int32(index))
        let count = Int(unsafe sqlite3_column_bytes(statement, Int32(index)))
        return unsafe Data(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    private func type(_ index: Int) -> Int32 { unsafe sqlite3_column_type(statement, Int32(index)) }

    private func mismatch(_ index: Int, _ expected: String) -> StoreError {
        StoreError(.column, "column \(index) does not hold \(expected)")
    }
}
