import FoundationEssentials
import Store

/// The values of a statement in PostgreSQL's binary form, with the types they stand for.
///
/// Nulls are not among them: `SQL.render` writes those out, because a null without a type is the one value that the
/// server cannot place everywhere.
struct Parameters {
    /// Object ids of the server's own types, fixed since its beginnings.
    enum TypeID {
        static let boolean: UInt32 = 16
        static let bytes: UInt32 = 17
        static let text: UInt32 = 25
        static let numeric: UInt32 = 1700
    }

    private(set) var types: [UInt32] = []
    private var bytes: [UInt8] = []
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ values: [SQL.Value]) {
        for value in values {
            switch value {
            case .null: continue
            case .integer(let integer): append(20, Self.bigEndian(UInt64(bitPattern: integer)))
            case .double(let double): append(701, Self.bigEndian(double.bitPattern))
            case .text(let text): append(TypeID.text, text.utf8)
            case .blob(let data): append(TypeID.bytes, data)
            }
        }
        // An address even when every value is empty.
        bytes.append(0)
    }

    private mutating func append(_ type: UInt32, _ value: some Sequence<UInt8>) {
        types.append(type)
        offsets.append(bytes.count)
        bytes.append(contentsOf: value)
        lengths.append(Int32(bytes.count - (offsets.last ?? 0)))
        formats.append(1)
    }

    private static func bigEndian(_ word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
    }

    var count: Int32 { Int32(types.count) }

    /// Calls `body` with values, lengths and formats, valid during the call.
    ///
    /// Safe: the pointers lead into arrays of this value, within their bounds, and are lent for the call only.
    func withPointers<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        unsafe bytes.withUnsafeBytes { buffer in
            let values: [UnsafePointer<CChar>?] = unsafe offsets.map { offset in
                unsafe buffer.baseAddress.map { unsafe ($0 + offset).assumingMemoryBound(to: CChar.self) }
            }
            return unsafe values.withUnsafeBufferPointer { values in
                unsafe lengths.withUnsafeBufferPointer { lengths in
                    unsafe formats.withUnsafeBufferPointer { formats in
                        unsafe body(values.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }
}
