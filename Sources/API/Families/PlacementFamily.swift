public import HTTPTypes
public import Model

/// Placement's conventions: versions 1.0 to 1.39, default 1.0.
public struct PlacementFamily: APIFamily {
    public let serviceType = "placement"
    public let minimum = Microversion(1, 0)
    public let maximum = Microversion(1, 39)
    /// The versions that change responses whatever their endpoint; the service has them in its list.
    public static let lastModified = APIVersion(1, 15, "Responses say when what they show was last modified.")
    public static let errorCodes = APIVersion(1, 23, "Errors have a code.")
    private let now: @Sendable () -> Timestamp

    public init(time: TimeSource = .system) {
        now = { time.now() }
    }

    public var requestIDHeaders: [HTTPField.Name] { [.openStackRequestID] }

    public func version(asked headers: HTTPFields, path: String) throws(Fault) -> Microversion {
        guard let text = versionText(in: headers) else { return minimum }
        if text.lowercased() == "latest" { return maximum }
        guard let version = Microversion(text) else {
            throw .badRequest("invalid version string: \(text.prefix(40))", field: "OpenStack-API-Version")
        }
        guard minimum <= version, version <= maximum else {
            throw Fault(
                .notAcceptable,
                "Unacceptable version header: \(version); this service knows \(minimum) to \(maximum).",
                field: "OpenStack-API-Version")
        }
        return version
    }

    public func headers(_ context: WireContext, status: Int) -> HTTPFields {
        var fields: HTTPFields = [:]
        guard let version = context.version else { return fields }
        fields[.openStackAPIVersion] = "placement \(version)"
        guard status < 400 else { return fields }
        fields[.vary] = "openstack-api-version"
        if version >= Self.lastModified, status == 200 {
            fields[.cacheControl] = "no-cache"
            fields[.lastModified] = now().httpDate
        }
        return fields
    }

    public func answerHeaders(status: Int) -> [AnswerHeader] {
        status == 200
            ? [AnswerHeader(.lastModified, "When what is shown was last modified", since: Self.lastModified)] : []
    }

    public var faultSchema: Schema {
        let error = ObjectSchema([
            .init("status", .integer), .init("title", .string), .init("detail", .string), .init("request_id", .string),
            .init("code", .string, required: false), .init("max_version", .string, required: false),
            .init("min_version", .string, required: false),
        ])
        return .object(ObjectSchema([.init("errors", .array(.object(error)))]))
    }

    public func envelope(_ fault: Fault, _ context: WireContext) -> (contentType: String, bytes: [UInt8]) {
        var json = JSONWriter()
        json.object { json in
            json.member("errors") { json in
                json.array(CollectionOfOne(fault)) { json, fault in
                    json.object { json in
                        json.member("status", fault.kind.status)
                        json.member("title", fault.kind.title)
                        json.member("detail", "\(Self.explanation(of: fault.kind))\n\n \(fault.message)  ")
                        if context.version.map({ $0 >= Self.errorCodes }) ?? false {
                            json.member("code", fault.code ?? "placement.undefined_code")
                        }
                        json.member("request_id", context.requestID.text)
                        if fault.kind == .notAcceptable, context.version == nil {
                            json.member("max_version", "\(maximum)")
                            json.member("min_version", "\(minimum)")
                        }
                    }
                }
            }
        }
        return ("application/json", json.bytes)
    }

    public func page(_ fault: Fault, _ context: WireContext) -> (contentType: String, bytes: [UInt8])? {
        guard let accept = context.headers[.accept], Self.prefersHTML(accept) else { return nil }
        let title = "\(fault.kind.status) \(fault.kind.title)"
        let text = """
            <html>
             <head><title>\(title)</title></head>
             <body>
              <h1>\(title)</h1>
              <p>\(Self.explanation(of: fault.kind))</p>
              <p>\(Self.escaped(fault.message))</p>
              <p>\(context.requestID)</p>
             </body>
            </html>

            """
        return ("text/html; charset=UTF-8", Array(text.utf8))
    }

    /// Whether HTML is named before JSON.
    private static func prefersHTML(_ accept: String) -> Bool {
        for entry in accept.split(separator: ",") {
            let type = entry.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
            if type == "text/html" { return true }
            if type == "application/json" { return false }
        }
        return false
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { text, letter in
            switch letter {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.append(letter)
            }
        }
    }

    /// In jsonschema's words, on which clients rely, with the place.
    public func malformedBody(_ problem: SchemaProblem) -> Fault {
        let path = problem.path
        let place = path.isEmpty ? "" : " (at \(path))"
        return .badRequest(
            "JSON does not validate: \(problem.schemaReason)\(place). Failed validating '\(problem.keyword)' in "
                + "\(problem.schemaPath).", field: path)
    }

    public func missingBody(hasContentType: Bool) -> Fault {
        hasContentType
            ? .badRequest("Malformed JSON: the body is empty.", field: "body")
            : Fault(
                .unsupportedMediaType, "The media type None is not supported, use application/json",
                field: "Content-Type")
    }

    private static func explanation(of kind: Fault.Kind) -> String {
        switch kind {
        case .badRequest:
            "The server could not comply with the request since it is either malformed or otherwise incorrect."
        case .unauthorized: "The request you have made requires authentication."
        case .forbidden: "Access was denied to this resource."
        case .notFound: "The resource could not be found."
        case .methodNotAllowed: "The method specified is not allowed for this resource."
        case .notAcceptable:
            "The resource could not be generated that was acceptable to your browser (content of type application/json)."
        case .conflict: "There was a conflict when trying to complete your request."
        case .unsupportedMediaType: "The request media type is not supported by this server."
        default: "The request could not be served."
        }
    }
}
