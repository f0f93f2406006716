import API
import Model

/// What a client wants of a new image.
struct ImageDraft: Sendable {
    /// Nil where the service chooses it.
    let id: ImageID?
    private let values: [(field: ImageField, value: JSONValue)]
    private let properties: [String: String]

    /// - Parameter body: valid by the schema of new images
    ///
    /// Throws 403 for names that only the service uses.
    init(_ body: JSONValue) throws(Fault) {
        guard case .object(let members) = body else {
            throw .badRequest("A new image must be a JSON object.", field: "body")
        }
        // Of several members with one name the last one counts.
        var last: [String: JSONValue] = [:]
        for member in members { last[member.name] = member.value }
        var id: ImageID?
        var values: [(field: ImageField, value: JSONValue)] = []
        var properties: [String: String] = [:]
        for (name, value) in last.sorted(by: { $0.key < $1.key }) {
            if name == "id" {
                id = try Self.id(value)
            } else if let field = ImageField(rawValue: name) {
                values.append((field, value))
            } else if ImageNames.ignored.contains(name) {
                continue
            } else if ImageNames.readOnly.contains(name) || ImageNames.unreadable.contains(name) {
                throw ImageNames.readOnly(name)
            } else {
                properties[name] = try Self.property(name, value)
            }
        }
        self.id = id
        self.values = values
        self.properties = properties
    }

    /// The image, owned by `project` where the client names no other owner.
    func image(
        id fresh: ImageID, of project: ProjectID?, at now: Timestamp, _ options: ImageOptions
    ) throws(Fault) -> Image {
        var image = Image(id: id ?? fresh, owner: project, at: now)
        for (field, value) in values { try field.set(value, in: &image, options) }
        image.properties = ImageProperties(properties)
        let quotas = ImageQuotas(options: options)
        try quotas.check(properties: properties.count)
        try quotas.check(tags: try image.tags.values().count)
        return image
    }

    private static func id(_ value: JSONValue) throws(Fault) -> ImageID {
        guard case .text(let text) = value, text.utf8.count == 36, let id = ImageID(text) else {
            throw .badRequest("'id' must be a UUID with dashes.", field: "id")
        }
        return id
    }

    /// The value of a custom property. Throws 403 for a reserved name.
    static func property(_ name: String, _ value: JSONValue) throws(Fault) -> String {
        guard name.unicodeScalars.count <= ImageSchema.longestText else {
            throw .badRequest(
                "Custom property should not be greater than \(ImageSchema.longestText) characters.", field: name)
        }
        guard !ImageNames.isReserved(name) else { throw ImageNames.reserved(name) }
        guard case .text(let text) = value else {
            throw .badRequest("Invalid value for '\(name.shown)': it must be a text.", field: name)
        }
        guard text.unicodeScalars.count <= ImageSchema.longestValue else {
            throw .badRequest(
                "Invalid value for '\(name.shown)': it may have at most \(ImageSchema.longestValue) characters.",
                field: name)
        }
        return text
    }
}
