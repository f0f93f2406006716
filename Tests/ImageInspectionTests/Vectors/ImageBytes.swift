/// An image that a test writes field by field; it grows with what is put into it.
struct ImageBytes {
    private(set) var bytes: [UInt8]

    init(count: Int) { bytes = [UInt8](repeating: 0, count: count) }

    mutating func put(_ piece: [UInt8], at offset: Int) {
        if bytes.count < offset + piece.count {
            bytes += [UInt8](repeating: 0, count: offset + piece.count - bytes.count)
        }
        bytes.replaceSubrange(offset..<offset + piece.count, with: piece)
    }

    mutating func put(_ text: String, at offset: Int) { put(Array(text.utf8), at: offset) }

    mutating func big(_ number: some FixedWidthInteger & UnsignedInteger, at offset: Int) {
        put(Self.bigEndian(number), at: offset)
    }

    mutating func little(_ number: some FixedWidthInteger & UnsignedInteger, at offset: Int) {
        put(Self.bigEndian(number).reversed(), at: offset)
    }

    private static func bigEndian(_ number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
