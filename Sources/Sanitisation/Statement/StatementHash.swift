import Crypto

/// The SHA-256 of a statement's text, in hexadecimal: what the next statement in the chain names.
public enum StatementHash {
    /// Before the first of a chain.
    public static let none = String(repeating: "0", count: 64)

    public static func of(_ text: String) -> String { hexadecimal(SHA256.hash(data: Array(text.utf8))) }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            let digits = String(byte, radix: 16)
            text += digits.utf8.count == 1 ? "0" + digits : digits
        }
        return text
    }
}
