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
    /// First and last microversion with the endpoint; nil means open-ended.
    public let since: Microversion?
    public let until: Microversion?
    public let query: QueryRules
    /// Headers that it heeds besides those of every endpoint.
    public private(set) var headers: [HeaderParameter] = []
    /// Nil if the operation accepts no body.
    public let body: BodyRules?
    /// The one key of the body that chooses this endpoint among those of its method and path; nil where it is alone.
    let action: String?
    /// Its path, with the action where it is one: `/servers/{id}/action#os-start`. No other endpoint of a version has it
    /// with the same method.
    let route: String
    public let access: Access
    public let answers: [Answer]
    /// Faults that it may respond with, besides those of every endpoint (400, 401, 403, 406, 415, 500, 503).
    public let faults: [Fault.Kind]
    /// Looks up what the path names before the body is checked: if that does not exist, the body does not matter.
    var subject: (@Sendable (Call) async throws -> Void)?
    let handler: @Sendable (Call, BodyValue?) async throws -> Reply

    public init(
        _ method: HTTPRequest.Method, _ path: PathTemplate, _ summary: String,
        since: APIVersion? = nil, before: APIVersion? = nil, query: QueryRules = .none, access: Access,
        answers: Answer..., faults: [Fault.Kind] = [],
        handler: @escaping @Sendable (Call) async throws -> Reply
    ) {
        self.init(
            method, path, summary, live: (since, before), query: query, body: nil, action: nil, access: access,
            answers: answers, faults: faults
        ) { call, _ in try await handler(call) }
    }

    /// An endpoint that takes a body.
    public init<Value>(
        _ method: HTTPRequest.Method, _ path: PathTemplate, _ summary: String,
        since: APIVersion? = nil, before: APIVersion? = nil, query: QueryRules = .none,
        body: Body<Value>, access: Access, answers: Answer..., faults: [Fault.Kind] = [],
        handler: @escaping @Sendable (Call, Value) async throws -> Reply
    ) {
        self.init(
            method, path, summary, live: (since, before), query: query, body: body.rules, action: nil, access: access,
            answers: answers, faults: faults, handler: Self.given(path, handler))
    }

    /// An endpoint with a JSON body, which is validated against `body`'s schema and then decoded.
    public init<Value: Decodable & Sendable>(
        _ method: HTTPRequest.Method, _ path: PathTemplate, _ summary: String,
        since: APIVersion? = nil, before: APIVersion? = nil, query: QueryRules = .none,
        body: Value.Type, schema: Schema? = nil, access: Access,
        answers: Answer..., faults: [Fault.Kind] = [],
        handler: @escaping @Sendable (Call, Value) async throws -> Reply
    ) {
        self.init(
            method, path, summary, live: (since, before), query: query, body: Body.json(body, schema: schema).rules,
            action: nil, access: access, answers: answers, faults: faults, handler: Self.given(path, handler))
    }

    init(
        _ method: HTTPRequest.Method, _ path: PathTemplate, _ summary: String,
        live: (since: APIVersion?, before: APIVersion?), query: QueryRules, body: BodyRules?, action: String?,
        access: Access, answers: [Answer], faults: [Fault.Kind],
        handler: @escaping @Sendable (Call, BodyValue?) async throws -> Reply
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        since = live.since?.number
        until = live.before?.predecessor
        self.query = query
        self.body = body
        self.action = action
        route = path.description + (action.map { "#\($0)" } ?? "")
        self.access = access
        self.answers = answers
        self.faults = faults
        self.handler = handler
    }

    /// `handler` with the body as the type that it takes.
    static func given<Value: Sendable>(
        _ path: PathTemplate, _ handler: @escaping @Sendable (Call, Value) async throws -> Reply
    ) -> @Sendable (Call, BodyValue?) async throws -> Reply {
        { call, value in
            guard let body = value?.value as? Value else {
                throw Fault.internalError("endpoint \(path) was called without its body")
            }
            return try await handler(call, body)
        }
    }
}

extension Endpoint {
    /// Whether the endpoint exists in the version.
    func isLive(in version: Microversion) -> Bool {
        (since.map { $0 <= version } ?? true) && (until.map { version <= $0 } ?? true)
    }

    /// Every fault that it may respond with.
    var documentedFaults: [Fault.Kind] {
        let common: [Fault.Kind] = [
            .badRequest, .unauthorized, .forbidden, .notFound, .methodNotAllowed, .notAcceptable, .tooLarge,
            .unsupportedMediaType, .internalError, .unavailable,
        ]
        return common + faults + (body?.isStream == true ? [.timeout] : [])
    }

    /// The headers that its responses with the status have, besides those that every response may have.
    func headers(ofStatus status: Int, _ family: any APIFamily) -> [AnswerHeader] {
        let answers = answers.filter { $0.status == status }
        var found: [AnswerHeader] = []
        for header in answers.flatMap(\.headers) + family.answerHeaders(status: status)
        where !found.contains(where: { $0.name == header.name }) {
            found.append(header)
        }
        guard answers.contains(where: \.isData), self.answers.contains(where: { $0.status == 206 }) else {
            return found
        }
        return found + [.acceptRanges] + (status == 206 ? [.contentRange] : [])
    }

    /// The same endpoint, which heeds these headers.
    public func heeding(_ headers: HeaderParameter...) -> Endpoint {
        var endpoint = self
        endpoint.headers += headers
        return endpoint
    }

    /// The same endpoint with a `subject` that runs first. An error that it throws is the response, whatever the body
    /// is.
    public func of(_ subject: @escaping @Sendable (Call) async throws -> Void) -> Endpoint {
        var endpoint = self
        endpoint.subject = subject
        return endpoint
    }
}

extension Endpoint {
    /// Who may call an endpoint.
    public enum Access: Sendable, Equatable {
        /// Anyone, without a token.
        case open
        /// Anyone with a valid token; the handler does further checks.
        case authenticated
        /// Callers that the policy's rule admits; the target is the caller's own project and user. Checked before the
        /// handler.
        case rule(String)
        /// As `rule`, but the handler checks it with `call.authorize`, because the target is an object that it must
        /// read first.
        case ruleInHandler(String)
    }

    /// One successful response.
    public struct Answer: Sendable {
        public let status: Int
        /// Nil where there is no body, or data.
        public let schema: Schema?
        public let note: String?
        /// Of the body, where there is one.
        let mediaType: MediaType
        /// Besides those that every response may have.
        public private(set) var headers: [AnswerHeader] = []

        public init(status: Int, schema: Schema? = nil, note: String? = nil) {
            self.init(status: status, schema: schema, note: note, mediaType: .json)
        }

        init(status: Int, schema: Schema?, note: String?, mediaType: MediaType) {
            self.status = status
            self.schema = schema
            self.note = note
            self.mediaType = mediaType
        }

        public static func json<Value: Decodable>(_ type: Value.Type, status: Int = 200) -> Answer {
            Answer(status: status, schema: Schema.of(type))
        }

        public static func empty(_ status: Int = 204) -> Answer { Answer(status: status) }

        /// Bytes of a media type; 206 is a range of them.
        public static func data(_ type: MediaType, status: Int = 200) -> Answer {
            Answer(status: status, schema: nil, note: nil, mediaType: type)
        }

        /// The same response, which has these headers.
        public func sending(_ headers: AnswerHeader...) -> Answer { sending(headers) }

        /// The same response, which has these headers.
        public func sending(_ headers: [AnswerHeader]) -> Answer {
            var answer = self
            answer.headers += headers
            return answer
        }

        var isData: Bool { mediaType != .json }
    }
}
