import FoundationEssentials

extension Attachment {
    /// Reads the text of the pairs. Throws if it is no JSON object of texts.
    public init(_ type: AttachHandleType, text: String) throws(Fault) {
        let info: [String: String]
        do {
            info = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        } catch {
            throw .internalError("the content of an attach handle is no object of texts: \(error)")
        }
        self.init(type, info)
    }

    /// The one text of the pairs: JSON with the keys in order. It is a key in the database.
    public func text() throws(Fault) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(info), as: UTF8.self)
        } catch {
            throw .internalError("the content of an attach handle cannot be written: \(error)")
        }
    }
}
