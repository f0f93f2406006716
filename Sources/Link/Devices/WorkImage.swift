public import Model

/// The image that a work item loads onto a device. Its data are what has this hash, wherever they come from.
public struct WorkImage: Sendable, Codable, Equatable {
    public var id: ImageID
    /// Bytes.
    public var size: Int
    public var digest: ImageDigest
    /// The id of its logic: letters and digits; nil where the image does not say.
    public var function: String?

    public init(id: ImageID, size: Int, digest: ImageDigest, function: String? = nil) {
        self.function = function
        self.id = id
        self.size = size
        self.digest = digest
    }
}

extension WorkImage {
    /// Nil where it has not the form that this release knows.
    init?(_ value: JSONValue) {
        guard let id = value["id"]?.text.flatMap({ ImageID($0) }), let size = value["size"]?.integer, size > 0,
            let algorithm = value["algorithm"]?.text, let text = value["hash"]?.text,
            let digest = ImageDigest(algorithm, text)
        else { return nil }
        self.init(id: id, size: size, digest: digest, function: value["function"]?.text)
    }

    var value: JSONValue {
        var members: [JSONValue.Member] = [
            .init("algorithm", .text(digest.algorithm.rawValue)), .init("hash", .text(digest.value)),
            .init("id", .text(id.description)), .init("size", .integer(size)),
        ]
        if let function { members.append(.init("function", .text(function))) }
        return .object(members)
    }
}
