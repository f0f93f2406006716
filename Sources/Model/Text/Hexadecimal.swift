/// Hexadecimal digits.
public enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)
    private static let capitals = Array("0123456789ABCDEF".utf8)

    /// A number that is not negative in lower case, padded with zeros up to `width` digits.
    public static func text(_ value: some BinaryInteger, width: Int = 1) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    /// Two digits of ASCII in upper case.
    static func capitals(of byte: UInt8) -> [UInt8] { [capitals[Int(byte >> 4)], capitals[Int(byte & 15)]] }

    /// Two digits in lower case for each byte.
    public static func text(of bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.underestimatedCount)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
