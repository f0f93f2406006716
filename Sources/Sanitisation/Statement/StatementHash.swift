import Crypto
import Model

/// The SHA-256 of a statement's text, in hexadecimal. The next statement in the chain contains it.
public enum StatementHash {
    /// The predecessor of the first statement of a chain.
    public static let none = String(repeating: "0", count: 64)

    public static func of(_ text: String) -> String {
        Hexadecimal.text(of: SHA256.hash(data: Array(text.utf8)))
    }
}
