import Crypto
import Model

/// The SHA-256 of a statement's text, in hexadecimal: what the next statement in the chain names.
public enum StatementHash {
    /// Before the first of a chain.
    public static let none = String(repeating: "0", count: 64)

    public static func of(_ text: String) -> String {
        Hexadecimal.text(of: SHA256.hash(data: Array(text.utf8)))
    }
}
