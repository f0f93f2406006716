public import API
public import HTTPTypes
public import Model

/// The generations of an object that a caller knows, as `If-Match` and `If-None-Match` name them (RFC 9110, section 13.1).
public enum EntityTags: Sendable, Equatable {
    /// `*`: whichever it has.
    case any
    /// Tags of another form match nothing.
    case of(Set<Int64>)

    /// Nil where there is no such header. Throws 400 where it is not a list of tags.
    public init?(_ name: HTTPField.Name, in headers: HTTPFields) throws(Fault) {
        guard let text = headers[name] else { return nil }
        let tags = text.split(separator: ",").map { $0.drop { $0 == " " } }.map { tag in
            tag.reversed().drop { $0 == " " }.reversed()
        }.map { String($0) }
        guard !tags.isEmpty else { throw Self.malformed(name) }
        if tags == ["*"] {
            self = .any
            return
        }
        var known: Set<Int64> = []
        for tag in tags {
            let strong = tag.hasPrefix("W/") ? String(tag.dropFirst(2)) : tag
            guard strong.utf8.count >= 2, strong.hasPrefix("\""), strong.hasSuffix("\"") else {
                throw Self.malformed(name)
            }
            if let generation = Int64(strong.dropFirst().dropLast()) { known.insert(generation) }
        }
        self = .of(known)
    }

    /// `ETag` with the tag of a generation.
    public static func header(_ generation: Int64) -> HTTPFields {
        var fields: HTTPFields = [:]
        fields[.eTag] = "\"\(generation)\""
        return fields
    }

    /// `ETag` as an endpoint says that it sends it.
    public static func answer(since version: APIVersion?) -> AnswerHeader {
        AnswerHeader(.eTag, "The tag of the object's generation, for If-Match and If-None-Match", since: version)
    }

    /// `If-Match` as an endpoint says that it heeds it.
    public static func ifMatch(since version: APIVersion?) -> HeaderParameter {
        HeaderParameter(
            HTTPField.Name.ifMatch.rawName,
            "Tags that the caller knows, or '*': what is at none of them is not changed, and gets 412",
            since: version)
    }

    /// `If-None-Match` as an endpoint says that it heeds it.
    public static func ifNoneMatch(since version: APIVersion?) -> HeaderParameter {
        HeaderParameter(
            HTTPField.Name.ifNoneMatch.rawName, "Tags that the caller knows, or '*': what is at one of them gets 304",
            since: version)
    }

    public func holds(_ generation: Int64) -> Bool {
        switch self {
        case .any: true
        case .of(let known): known.contains(generation)
        }
    }

    /// Throws 412 where the object has moved on; `what` names it.
    public func check(_ generation: Int64, of what: String) throws(Fault) {
        guard !holds(generation) else { return }
        throw Fault(
            .preconditionFailed,
            "\(what) is at generation \(generation), which If-Match does not name; read it again.", field: "If-Match")
    }

    private static func malformed(_ name: HTTPField.Name) -> Fault {
        .badRequest("\(name.rawName) must be '*' or tags in quotes, such as \"3\".", field: name.rawName)
    }
}
