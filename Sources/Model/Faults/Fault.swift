/// What a client may learn of a failure: a status, a sentence that says what was wrong and what would be right;
/// and apart from it, for the log only, the circumstances.
///
/// Thrown anywhere below the wire; each API family renders it in the envelope its clients expect.
/// `description` is safe to show to anyone; `debugDescription` is complete.
public struct Fault: Error, Sendable, Equatable {
    public var kind: Kind
    /// For the client. Never contains SQL, secrets or the text of an inner error.
    public var message: String
    /// The part of the request that was wrong: a JSON path such as `groups[0].trait:CUSTOM_X`, a parameter or a header.
    public var field: String?
    /// Placement's error code, such as `placement.concurrent_update`.
    public var code: String?
    /// For the log.
    public var context: String?
    /// Headers of the response, such as `Allow` or `Retry-After`.
    public var headers: [Header]

    public struct Header: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        _ kind: Kind, _ message: String, field: String? = nil, code: String? = nil, context: String? = nil,
        headers: [Header] = []
    ) {
        self.kind = kind
        self.message = message
        self.field = field
        self.code = code
        self.context = context
        self.headers = headers
    }
}

extension Fault {
    /// The HTTP status of a fault and its name.
    public struct Kind: Sendable, Hashable {
        public let status: Int
        /// The reason phrase.
        public let title: String

        public init(status: Int, title: String) {
            self.status = status
            self.title = title
        }

        public static let badRequest = Kind(status: 400, title: "Bad Request")
        public static let unauthorized = Kind(status: 401, title: "Unauthorized")
        public static let forbidden = Kind(status: 403, title: "Forbidden")
        public static let notFound = Kind(status: 404, title: "Not Found")
        public static let methodNotAllowed = Kind(status: 405, title: "Method Not Allowed")
        public static let notAcceptable = Kind(status: 406, title: "Not Acceptable")
        public static let timeout = Kind(status: 408, title: "Request Timeout")
        public static let conflict = Kind(status: 409, title: "Conflict")
        public static let gone = Kind(status: 410, title: "Gone")
        public static let tooLarge = Kind(status: 413, title: "Request Entity Too Large")
        package static let uriTooLong = Kind(status: 414, title: "URI Too Long")
        public static let unsupportedMediaType = Kind(status: 415, title: "Unsupported Media Type")
        public static let rangeNotSatisfiable = Kind(status: 416, title: "Requested Range Not Satisfiable")
        public static let unprocessable = Kind(status: 422, title: "Unprocessable Entity")
        public static let locked = Kind(status: 423, title: "Locked")
        public static let preconditionFailed = Kind(status: 412, title: "Precondition Failed")
        public static let tooManyRequests = Kind(status: 429, title: "Too Many Requests")
        public static let headersTooLarge = Kind(status: 431, title: "Request Header Fields Too Large")
        public static let internalError = Kind(status: 500, title: "Internal Server Error")
        public static let notImplemented = Kind(status: 501, title: "Not Implemented")
        public static let badGateway = Kind(status: 502, title: "Bad Gateway")
        public static let unavailable = Kind(status: 503, title: "Service Unavailable")
    }

    public static func badRequest(_ message: String, field: String? = nil, code: String? = nil) -> Fault {
        Fault(.badRequest, message, field: field, code: code)
    }

    public static func unauthorized(_ message: String = "The request you have made requires authentication.") -> Fault {
        Fault(.unauthorized, message)
    }

    public static func forbidden(_ message: String) -> Fault { Fault(.forbidden, message) }

    public static func notFound(_ message: String) -> Fault { Fault(.notFound, message) }

    public static func conflict(_ message: String, code: String? = nil) -> Fault {
        Fault(.conflict, message, code: code)
    }

    public static func unavailable(_ message: String, context: String? = nil) -> Fault {
        Fault(.unavailable, message, context: context)
    }

    /// A failure of this program. The client learns only that; `context` goes to the log.
    public static func internalError(_ context: String) -> Fault {
        Fault(
            .internalError, "The server met an unexpected condition; the request id finds it in the log.",
            context: context)
    }
}

extension Fault: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String { "\(kind.status) \(kind.title): \(message)" }

    public var debugDescription: String {
        var text = description
        if let field { text += " [field: \(field)]" }
        if let code { text += " [code: \(code)]" }
        if let context { text += " [context: \(context)]" }
        return text
    }
}
