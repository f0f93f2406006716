import FoundationEssentials
import Model

/// Bytes that came as base64.
enum Base64Text {
    /// Throws 400 where the text is none. Line breaks, which tools write, do not count.
    static func bytes(_ text: String) throws(Fault) -> [UInt8] {
        guard let data = Data(base64Encoded: text.filter { !$0.isWhitespace }), !data.isEmpty else {
            throw .badRequest("The payload is said to be base64, and is not.", field: "payload")
        }
        return Array(data)
    }
}
