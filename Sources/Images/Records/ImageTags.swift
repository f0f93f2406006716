import Model

/// The tags of an image, as the one JSON text in which they are stored.
struct ImageTags: Equatable, Sendable {
    /// A JSON array of texts, sorted, each once.
    let json: String

    static let none = ImageTags([String]())

    init(_ values: some Sequence<String>) {
        var writer = JSONWriter()
        writer.array(Set(values).sorted()) { json, tag in json.value(tag) }
        json = String(decoding: writer.bytes, as: UTF8.self)
    }

    /// As `json` of an earlier value.
    init(stored json: String) {
        self.json = json
    }

    /// Throws where the text is not one that this type wrote.
    func values() throws(Fault) -> [String] {
        guard case .array(let elements) = try JSONValue(json: Array(json.utf8)) else { throw Self.malformed }
        var values: [String] = []
        for element in elements {
            guard case .text(let text) = element else { throw Self.malformed }
            values.append(text)
        }
        return values
    }

    private static var malformed: Fault { .internalError("the tags of an image are no list of texts") }
}
