public import HTTPTypes
import Model

/// A header of an endpoint's responses, besides those that every response may have: for the OpenAPI document, against which tests hold what
/// is sent.
public struct AnswerHeader: Sendable {
    public let name: HTTPField.Name
    private let text: String
    private let since: Microversion?
    /// Whether each response with the status has it.
    let isAlways: Bool

    /// - Parameters:
    ///   - isAlways: whether each response with the status has it
    ///   - since: the first version that sends it; nil where every version of the endpoint does
    public init(_ name: HTTPField.Name, _ text: String, always isAlways: Bool = true, since: APIVersion? = nil) {
        self.init(name, text, always: isAlways, since: since?.number)
    }

    init(_ name: HTTPField.Name, _ text: String, always isAlways: Bool = true, since: Microversion?) {
        self.name = name
        self.text = text
        self.isAlways = isAlways
        self.since = since
    }

    /// Where what a request made is found.
    public static let location = AnswerHeader(.location, "The address of what was made")

    static let acceptRanges = AnswerHeader(.acceptRanges, "That ranges of the data can be asked for")
    static let contentRange = AnswerHeader(.contentRange, "The range that was sent, and the size of the data")

    /// Whether the version sends it; nil means any version.
    func isLive(in version: Microversion?) -> Bool {
        guard let version, let since else { return true }
        return since <= version
    }

    /// As the document has it, below its name.
    var openAPI: JSONValue {
        var members: [JSONValue.Member] = [
            .init("description", .text(text)), .init("required", .bool(isAlways)),
            .init("schema", .object([.init("type", .text("string"))])),
        ]
        if let since { members.append(.init("x-openstack-min-version", .text("\(since)"))) }
        return .object(members)
    }

    /// Whether any response may have the header, whatever its endpoint tells: those of the body and of the API's conventions.
    static func isCommon(_ name: HTTPField.Name) -> Bool {
        let common: Set<HTTPField.Name> = [
            .contentType, .contentLength, .acceptRanges, .contentRange, .cacheControl, .vary,
        ]
        let text = name.canonicalName
        return common.contains(name) || text.hasPrefix("openstack-api-") || text.hasSuffix("-api-version")
            || text.hasSuffix("-request-id")
    }
}
