import FoundationEssentials

/// The text of a UUID (RFC 9562, section 4). Lists read and write thousands at once, for which `UUID`'s own way through C's
/// formatted input and output is ten times too slow.
///
/// Safe: the closure writes each of the 36 bytes that it asked for, once and in order.
enum UUIDText {
    /// Of 36 characters with dashes or 32 without, in either case; nil for anything else.
    static func read(_ text: String) -> UUID? {
        let digits = text.utf8.span
        let dashed = digits.count == 36
        guard dashed || digits.count == 32 else { return nil }
        var bytes: [16 of UInt8] = .init(repeating: 0)
        var place = 0
        for index in 0..<16 {
            if dashed, index == 4 || index == 6 || index == 8 || index == 10 {
                guard digits[place] == UInt8(ascii: "-") else { return nil }
                place += 1
            }
            guard let high = value(digits[place]), let low = value(digits[place + 1]) else { return nil }
            bytes[index] = high << 4 | low
            place += 2
        }
        return UUID(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9],
                bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            ))
    }

    /// 36 characters, dashed, lower case.
    static func write(_ uuid: UUID) -> String {
        let (b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15) = uuid.uuid
        let bytes: [16 of UInt8] = [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15]
        return unsafe String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            func put(_ byte: UInt8) {
                unsafe text[place] = byte
                place += 1
            }
            for index in 0..<16 {
                if index == 4 || index == 6 || index == 8 || index == 10 { put(UInt8(ascii: "-")) }
                put(digit(bytes[index] >> 4))
                put(digit(bytes[index] & 15))
            }
            return place
        }
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
