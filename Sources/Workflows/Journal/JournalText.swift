import FoundationEssentials
import Model

/// Values as the journal holds them: JSON.
enum JournalText {
    static func encode(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    /// - Parameter what: for the log, what could not be read: `the input of workflow …`
    static func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, from text: String, _ what: @autoclosure () -> String
    ) throws(Fault) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw .internalError("\(what()) is not a \(type): \(error)")
        }
    }
}
