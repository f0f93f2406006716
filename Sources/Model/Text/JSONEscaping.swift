/// Text as a JSON string (RFC 8259, section 7), for writers that put JSON together by hand.
public enum JSONEscaping {
    /// `text` in quotes. With `asciiOnly` every other character is escaped, too, as Python's writer does it.
    public static func quoted(_ text: String, asciiOnly: Bool = false) -> String {
        if !asciiOnly, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c }) { return "\"\(text)\"" }
        var bytes = [UInt8(ascii: "\"")]
        append(text, to: &bytes, asciiOnly: asciiOnly)
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends `text` without its quotes.
    public static func append(_ text: String, to bytes: inout [UInt8], asciiOnly: Bool = false) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes += [0x5c, 0x22]
            case "\\": bytes += [0x5c, 0x5c]
            case "\n": bytes += [0x5c, UInt8(ascii: "n")]
            case "\r": bytes += [0x5c, UInt8(ascii: "r")]
            case "\t": bytes += [0x5c, UInt8(ascii: "t")]
            case "\u{20}"..."\u{7e}": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case "\u{7f}"... where !asciiOnly: bytes += Array(String(scalar).utf8)
            default:
                for unit in String(scalar).utf16 { bytes += Array("\\u\(Hexadecimal.text(unit, width: 4))".utf8) }
            }
        }
    }
}
