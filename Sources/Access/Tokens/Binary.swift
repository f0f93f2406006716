import Model

/// Writes the fields of a token's payload.
struct BinaryWriter {
    var bytes: [UInt8] = []
    /// False after an id that cannot be written.
    private(set) var isWhole = true

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func integer(_ value: Int64) {
        for shift in stride(from: Int64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func id(_ text: String) {
        let letters = Array(text.utf8)
        if let packed = Self.pack(letters) {
            bytes.append(0)
            bytes += packed
        } else if let length = UInt8(exactly: letters.count), length > 0 {
            bytes.append(length)
            bytes += letters
        } else {
            isWhole = false
        }
    }

    /// 32 lower-case hexadecimal digits as 16 bytes.
    private static func pack(_ letters: [UInt8]) -> [UInt8]? {
        guard letters.count == 32 else { return nil }
        var packed: [UInt8] = []
        packed.reserveCapacity(16)
        for index in stride(from: 0, to: 32, by: 2) {
            guard let high = digit(letters[index]), let low = digit(letters[index + 1]) else { return nil }
            packed.append(high << 4 | low)
        }
        return packed
    }

    private static func digit(_ letter: UInt8) -> UInt8? {
        switch letter {
        case 48...57: letter - 48
        case 97...102: letter - 87
        default: nil
        }
    }
}

/// Reads the fields of a token's payload; every method returns nil beyond the end.
struct BinaryReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ count: Int) -> [UInt8]? {
        guard bytes.count - position >= count else { return nil }
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }

    mutating func byte() -> UInt8? { take(1)?.first }

    mutating func integer() -> Int64? {
        take(8).map { Int64(bitPattern: $0.reduce(0) { $0 << 8 | UInt64($1) }) }
    }

    mutating func id() -> String? {
        guard let length = byte() else { return nil }
        if length > 0 { return take(Int(length)).flatMap { String(validating: $0, as: UTF8.self) } }
        return take(16).map { Hexadecimal.text(of: $0) }
    }
}
