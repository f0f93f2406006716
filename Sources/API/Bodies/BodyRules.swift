import Model

/// The form of a body, and how it is decoded.
public struct BodyRules: Sendable {
    /// One media type that the endpoint takes; data has no schema.
    struct Content: Sendable {
        let type: MediaType
        let schema: Schema?
    }

    enum Form: Sendable {
        /// JSON, under any media type of JSON.
        case json(Schema, decode: @Sendable (_ bytes: [UInt8], _ value: JSONValue) throws(Fault) -> BodyValue)
        /// A document of changes, whose media type says which form it has.
        case patch
        /// Data as it arrives; nil is any length.
        case stream(limit: Int?)
        /// JSON values in lines, while the response is written.
        case lines(
            @Sendable (_ body: ArrivingBody, _ malformed: @escaping @Sendable (SchemaProblem) -> Fault) -> BodyValue)
    }

    let contents: [Content]
    let form: Form

    /// Whether the handler reads it as it arrives.
    var isStream: Bool {
        switch form {
        case .stream, .lines: true
        case .json, .patch: false
        }
    }

    /// Refuses a media type that the endpoint does not take; nil is a body without one.
    func check(_ type: String?) throws(Fault) -> MediaType {
        let known = contents.map(\.type.description).joined(separator: ", ")
        guard let type else {
            throw Fault(
                .unsupportedMediaType, "The body has no Content-Type, use \(known).", field: "Content-Type",
                headers: acceptance)
        }
        let essence = MediaType(type)
        let isTaken: Bool
        if case .json = form { isTaken = essence.isJSON } else { isTaken = contents.contains { $0.type == essence } }
        guard isTaken else {
            throw Fault(
                .unsupportedMediaType, "The media type '\(type.prefix(80))' is not supported, use \(known).",
                field: "Content-Type", headers: acceptance)
        }
        return essence
    }

    /// The header that tells a client what is taken: RFC 5789 for documents of changes, RFC 9110 for data.
    private var acceptance: [Fault.Header] {
        let known = contents.map(\.type.description).joined(separator: ", ")
        return switch form {
        case .json: []
        case .patch: [Fault.Header("Accept-Patch", known)]
        case .stream, .lines: [Fault.Header("Accept", known)]
        }
    }
}

/// A decoded body, between the decoder and the handler of one endpoint.
struct BodyValue: Sendable {
    let value: any Sendable

    init(_ value: any Sendable) {
        self.value = value
    }
}
