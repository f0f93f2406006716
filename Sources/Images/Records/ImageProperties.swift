import Model

/// The custom properties of an image, as the one JSON text in which they are stored: lists write it as it is, and only changes read it.
struct ImageProperties: Equatable, Sendable {
    /// A JSON object of texts, sorted by name.
    let json: String

    static let none = ImageProperties([:])

    init(_ values: [String: String]) {
        var writer = JSONWriter()
        writer.object { json in
            for (name, value) in values.sorted(by: { $0.key < $1.key }) { json.member(name, value) }
        }
        json = String(decoding: writer.bytes, as: UTF8.self)
    }

    /// As `json` of an earlier value.
    init(stored json: String) {
        self.json = json
    }

    /// Each property by its name. Throws where the text is not one that this type wrote.
    func values() throws(Fault) -> [String: String] {
        guard case .object(let members) = try JSONValue(json: Array(json.utf8)) else { throw Self.malformed }
        var values: [String: String] = [:]
        for member in members {
            guard case .text(let text) = member.value else { throw Self.malformed }
            values[member.name] = text
        }
        return values
    }

    /// The members without the braces around them.
    var members: [UInt8] { Array(json.utf8.dropFirst().dropLast()) }

    private static var malformed: Fault { .internalError("the properties of an image are no object of texts") }
}
