/// Complete columns as one value each, so that a statement over many rows has the same text for any number of rows.
/// Only for PostgreSQL, because SQLite has no arrays.
extension SQL.Interpolation {
    public mutating func appendInterpolation(texts: [String?]) {
        appendLiteral("CAST(")
        appendInterpolation(ArrayLiteral.text(of: texts))
        appendLiteral(" AS TEXT[])")
    }

    public mutating func appendInterpolation(numbers: [Int]) {
        appendLiteral("CAST(")
        appendInterpolation(ArrayLiteral.text(of: numbers))
        appendLiteral(" AS BIGINT[])")
    }
}

/// PostgreSQL's way to write an array as text.
enum ArrayLiteral {
    static func text(of numbers: [Int]) -> String {
        var text = "{"
        for number in numbers {
            if text.utf8.count > 1 { text += "," }
            text += String(number)
        }
        return text + "}"
    }

    static func text(of texts: [String?]) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for text in texts {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            guard let text else {
                bytes.append(contentsOf: "NULL".utf8)
                continue
            }
            bytes.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }
}
