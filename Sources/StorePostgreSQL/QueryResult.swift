import CPostgreSQL
import FoundationEssentials
import Store

/// What the server answered to one statement; freed with this value.
///
/// Safe because the pointer is never handed out but to columns that live shorter.
@safe
struct QueryResult: ~Copyable {
    private let pointer: OpaquePointer

    /// Takes over a result of the library.
    init(_ pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe PQclear(pointer)
    }

    var rows: Int32 { unsafe PQntuples(pointer) }

    var hasFailed: Bool {
        switch unsafe PQresultStatus(pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_PIPELINE_SYNC: false
        default: true
        }
    }

    /// Whether the statement was not run because an earlier one failed.
    var isSkipped: Bool { unsafe PQresultStatus(pointer) == PGRES_PIPELINE_ABORTED }

    /// How many rows the statement changed.
    var changes: Int { unsafe Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    /// `COMMIT`, `ROLLBACK`, `UPDATE 1`.
    var tag: String { unsafe String(cString: PQcmdStatus(pointer)) }

    func columns(_ row: Int32) -> PostgreSQLColumns {
        unsafe PostgreSQLColumns(result: pointer, row: row)
    }

    /// The server's error fields.
    var report: ErrorReport {
        unsafe ErrorReport(
            state: text(kilonova_pq_sqlstate(pointer)) ?? "", severity: text(kilonova_pq_severity(pointer)) ?? "",
            message: text(kilonova_pq_message(pointer)) ?? "",
            detail: text(kilonova_pq_detail(pointer)), table: text(kilonova_pq_table(pointer)),
            column: text(kilonova_pq_column(pointer)), constraint: text(kilonova_pq_constraint(pointer)))
    }

    private func text(_ field: UnsafePointer<CChar>?) -> String? {
        unsafe field.map { unsafe String(cString: $0) }
    }
}

/// The columns of one row, in the text form that the server sends.
///
/// Safe because a `Row` with it never outlives the call that lends it, and the result outlives that call.
@safe
struct PostgreSQLColumns: Columns {
    private let result: OpaquePointer
    private let row: Int32

    /// Safe: the `Row` with this value does not outlive the call that lends it, and the result outlives that call.
    init(result: OpaquePointer, row: Int32) {
        unsafe self.result = unsafe result
        self.row = row
    }

    /// Safe: as in `init`, the result is valid; libpq checks the numbers of row and column.
    func isNull(_ index: Int) -> Bool { unsafe PQgetisnull(result, row, Int32(index)) != 0 }

    func integer(_ index: Int) throws(StoreError) -> Int64 {
        let value: Int64? =
            switch type(index) {
            case Parameters.TypeID.boolean: text(at: index) == "t" ? 1 : 0
            case 20, 21, 23, 26, Parameters.TypeID.numeric: decimal(index)
            default: nil
            }
        guard let value else { throw mismatch(index, "an integer") }
        return value
    }

    /// A decimal number in the server's text form, whatever its type.
    func number(_ index: Int) throws(StoreError) -> Int64 {
        guard let value = decimal(index) else { throw mismatch(index, "a number") }
        return value
    }

    func double(_ index: Int) throws(StoreError) -> Double {
        let value: Double? =
            switch type(index) {
            case 700, 701, Parameters.TypeID.numeric: Double(text(at: index))
            case 20, 21, 23, 26: decimal(index).map { Double($0) }
            default: nil
            }
        guard let value else { throw mismatch(index, "a number") }
        return value
    }

    func text(_ index: Int) throws(StoreError) -> String {
        switch type(index) {
        case 19, Parameters.TypeID.text, 705, 1042, 1043: return text(at: index)
        default: throw mismatch(index, "text")
        }
    }

    func blob(_ index: Int) throws(StoreError) -> Data {
        guard type(index) == Parameters.TypeID.bytes, let data = Self.bytes(hex: text(at: index)) else {
            throw mismatch(index, "bytes")
        }
        return data
    }

    /// Safe: as in `init`, the result is valid; libpq checks the number of the column.
    private func type(_ index: Int) -> UInt32 { unsafe PQftype(result, Int32(index)) }

    /// Safe: the bytes are copied before the result can end.
    private func text(at index: Int) -> String {
        unsafe String(decoding: bytes(index), as: UTF8.self)
    }

    /// Safe: libpq returns the value with its length, and both are valid as long as the result.
    private func bytes(_ index: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, Int32(index)), count: Int(PQgetlength(result, row, Int32(index))))
    }

    /// Nil if it is not a whole number, or too large.
    ///
    /// Safe: the bytes are read before the result can end, and each position is checked against their count.
    private func decimal(_ index: Int) -> Int64? {
        let bytes = unsafe bytes(index)
        let isNegative = unsafe bytes.first == UInt8(ascii: "-")
        var value: Int64 = 0
        guard bytes.count > (isNegative ? 1 : 0) else { return nil }
        for position in (isNegative ? 1 : 0)..<bytes.count {
            let digit = unsafe bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            // Downwards, for the lowest number has no positive one.
            let (sum, isOver) = product.subtractingReportingOverflow(Int64(digit))
            if isTooLarge || isOver { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// `\x00ff…`
    private static func bytes(hex text: String) -> Data? {
        guard text.hasPrefix("\\x") else { return nil }
        var data = Data(capacity: text.utf8.count / 2)
        var high: UInt8?
        for character in text.utf8.dropFirst(2) {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                data.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? data : nil
    }

    private func mismatch(_ index: Int, _ expected: String) -> StoreError {
        StoreError(.column, "column \(index) does not hold \(expected)")
    }
}
