import FoundationEssentials
import Model

/// JSON as it stands in columns.
enum JSONText {
    /// The one text that a value has, whatever order its maps are in: it serves as a key.
    static func canonical(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws(Fault) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw .internalError("a column does not hold a \(type): \(error)")
        }
    }
}
