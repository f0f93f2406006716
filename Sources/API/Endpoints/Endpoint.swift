public import HTTPTypes
public import Model

/// One operation of an API as a value: what it is called, what it takes, what it answers, who may call it, what it does.
///
/// Router, validation, OpenAPI document, API reference and authorization tests all come from the list of endpoints.
/// Several endpoints may share method and path: the router takes the one whose version range holds the request's version.
///
///     Endpoint(.get, "/resource_providers/\(uuid)", "Show a resource provider",
///              access: .rule("placement:resource_providers:show"),
///              answers: .json(ProviderView.self), faults: [.notFound]) { call in
///         .json(try await providers.show(call[uuid]))
///     }
public struct Endpoint: Sendable {
    public let method: HTTPRequest.Method
    public let path: PathTemplate
    /// One imperative sentence without a full stop; the title in the reference.
    public let summary: String
    /// First and last microversion that has it; nil is open.
    public let since: Microversion?
    public let until: Microversion?
    public let query: QueryRules
    /// Nil where the operation takes no body.
    public let body: BodyRules?
    public let access: Access
    public let answers: [Answer]
    /// What it may answer besides the faults every endpoint has (400, 401, 403, 406, 415, 500, 503).
    public let faults: [Fault.Kind]
    /// Looks for what the path names before the body is looked at: where that is missing, the body does not matter.
    var subject: (@Sendable (Call) async throws -> Void)?
    let handler: @Sendable (Call, BodyValue?) async throws -> Reply

    public init(
        _ method: HTTPRequest.Method, _ path: PathTemplate, _ summary: String,
        since: Microversion? = nil, until: Microversion? = nil, query: QueryRules = .none, access: Access,
        answers: Answer..., faults: [Fault.Kind] = [],
        handler: @escaping @Sendable (Call) async throws -> Reply
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.since = since
        self.until = until
        self.query = query
        self.body = nil
        self.access = access
        self.answers = answers
        self.faults = faults
        self.handler = { call, _ in try await handler(call) }
    }

    /// An endpoint that takes a JSON body: validated against `body`'s schema first, then decoded.
    public init<Body: Decodable & Sendable>(
        _ method: HTTPRequest.Method, _ path: PathTemplate, _ summary: String,
        since: Microversion? = nil, until: Microversion? = nil, query: QueryRules = .none,
        body: Body.Type, schema: Schema? = nil, access: Access,
        answers: Answer..., faults: [Fault.Kind] = [],
        handler: @escaping @Sendable (Call, Body) async throws -> Reply
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.since = since
        self.until = until
        self.query = query
        self.body = BodyRules(schema: schema ?? Schema.of(Body.self)) { bytes, value throws(Fault) in
            BodyValue(try decodeBody(Body.self, from: bytes, value))
        }
        self.access = access
        self.answers = answers
        self.faults = faults
        self.handler = { call, value in
            guard let body = value?.value as? Body else {
                throw Fault.internalError("endpoint \(path) was called without its body")
            }
            return try await handler(call, body)
        }
    }
}

extension Endpoint {
    /// Whether the version has it.
    func isLive(in version: Microversion) -> Bool {
        (since.map { $0 <= version } ?? true) && (until.map { version <= $0 } ?? true)
    }

    /// Every fault that it may answer.
    var documentedFaults: [Fault.Kind] {
        let common: [Fault.Kind] = [
            .badRequest, .unauthorized, .forbidden, .notFound, .methodNotAllowed, .notAcceptable, .tooLarge,
            .unsupportedMediaType, .internalError, .unavailable,
        ]
        return common + faults
    }

    /// The same, which asks `subject` first; what it throws is the answer, whatever the body.
    public func of(_ subject: @escaping @Sendable (Call) async throws -> Void) -> Endpoint {
        var endpoint = self
        endpoint.subject = subject
        return endpoint
    }
}

/// A decoded body on its way from the decoder to the handler of the same endpoint.
struct BodyValue: Sendable {
    let value: any Sendable

    init(_ value: any Sendable) {
        self.value = value
    }
}

extension Endpoint {
    /// Who may call.
    public enum Access: Sendable, Equatable {
        /// Anyone, without a token.
        case open
        /// Anyone with a valid token; the handler sees to the rest.
        case authenticated
        /// Whoever the policy's rule admits, the target being the caller's own project and user. Checked before the handler.
        case rule(String)
        /// As `rule`, but the handler checks by `call.authorize`, because the target is an object it must read first.
        case ruleInHandler(String)
    }

    /// What a body must be, and how it becomes a value.
    public struct BodyRules: Sendable {
        public let schema: Schema
        /// Whether the endpoint also works without a body.
        public var isOptional: Bool = false
        let decode: @Sendable (_ bytes: [UInt8], _ value: JSONValue) throws(Fault) -> BodyValue
    }

    /// One successful answer.
    public struct Answer: Sendable {
        public let status: Int
        public let schema: Schema?
        public let note: String?

        public init(status: Int, schema: Schema? = nil, note: String? = nil) {
            self.status = status
            self.schema = schema
            self.note = note
        }

        public static func json<Value: Decodable>(_ type: Value.Type, status: Int = 200) -> Answer {
            Answer(status: status, schema: Schema.of(type))
        }

        public static func empty(_ status: Int = 204) -> Answer { Answer(status: status) }
    }
}
