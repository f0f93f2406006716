import HTTPTypes
import Logging
import Model

/// One request inside its service. Its data are filled in step by step, so that an error finds what it needs.
struct Exchange {
    let mount: Dispatcher.Mount
    let requestID: RequestID
    private(set) var version: Microversion?
    /// A version that the request names and the service does not have.
    private var refused: Microversion?
    private(set) var caller: Caller?
    private(set) var route: String?
    private(set) var endpoint: Endpoint?

    init(mount: Dispatcher.Mount, requestID: RequestID) {
        self.mount = mount
        self.requestID = requestID
    }

    var service: Service { mount.service }
    var family: any APIFamily { service.family }

    mutating func run(_ request: APIRequest, _ target: RequestTarget, _ logger: Logger) async throws -> Reply {
        let below = String(target.rawPath.dropFirst(service.prefix.count))
        let path = service.rewrite(below)
        let version = try agree(on: request.headers, path)
        if family.adoptsRequestIDs { try GivenRequestID.check(request.headers) }
        let place = try mount.place(of: path)
        let choice =
            try place.map { place throws(Fault) in try choose(place.endpoints, request.method, version) } ?? nil
        guard let place, let choice else {
            // Who may not see anything does not learn what exists either.
            if service.hasClosedEndpoints { _ = try await authenticate(request) }
            throw Fault.notFound("The resource could not be found: nothing is at this path in version \(version).")
        }
        route = choice.route
        endpoint = choice.alone
        let caller = choice.isOpen ? Caller.anonymous : try await authenticate(request)
        self.caller = caller
        try place.check(caller, isOpen: choice.isOpen)
        let (endpoint, document) = try await settle(choice, request, version)
        if document != nil {
            route = endpoint.route
            self.endpoint = endpoint
        }
        // Who writes hears what became of it, whatever the form.
        if request.method == .get || request.method == .head, family.negotiatesContent {
            try endpoint.checkAccept(request.headers)
        }
        if endpoint.body == nil, family.refusesUnexpectedBodies, !request.body.isEmpty {
            throw Fault.badRequest("A body is not expected with this request.", field: "body")
        }
        let query = try target.query()
        let call = Call(
            requestID: requestID, caller: caller, version: version, headers: request.headers,
            origin: request.peer.origin,
            mount: service.prefix, path: "/" + place.segments.joined(separator: "/"), rawQuery: query, logger: logger,
            pathValues: place.values, authorizer: service.authorizer, peer: request.peer, pathProject: place.project)
        try endpoint.query.check(query, version)
        try endpoint.path.check(place.values, endpoint)
        if case .rule(let rule) = endpoint.access { try call.authorize(rule, target: .own(caller)) }
        try await endpoint.subject?(call)
        return try await endpoint.handler(call, try await body(of: request, for: endpoint, document))
    }

    /// The version of the request; remembers one that is refused.
    private mutating func agree(on headers: HTTPFields, _ path: String) throws(Fault) -> Microversion {
        do throws(Fault) {
            let version = try service.family.version(asked: headers, path: path)
            self.version = version
            return version
        } catch {
            if error.kind == .notAcceptable {
                refused = service.family.versionText(in: headers).flatMap { Microversion($0) }
            }
            throw error
        }
    }

    /// What a method and path stand for in one version.
    private enum Choice {
        case endpoint(Endpoint)
        /// Those of the version, and those of any.
        case actions([Endpoint], all: [Endpoint])

        /// Until an action is chosen, that of its path.
        var route: String {
            switch self {
            case .endpoint(let endpoint): endpoint.route
            case .actions(let live, _): live.first?.path.description ?? ""
            }
        }

        var alone: Endpoint? { if case .endpoint(let endpoint) = self { endpoint } else { nil } }

        var isOpen: Bool {
            switch self {
            case .endpoint(let endpoint): endpoint.access == .open
            case .actions(let live, _): live.allSatisfy { $0.access == .open }
            }
        }
    }

    /// What the method and version have; nil where the path has nothing in this version.
    private func choose(
        _ endpoints: [Endpoint], _ method: HTTPRequest.Method, _ version: Microversion
    ) throws(Fault) -> Choice? {
        let live = endpoints.filter { $0.isLive(in: version) }
        guard !live.isEmpty else { return nil }
        if let exact = live.first(where: { $0.method == method }) {
            guard exact.action != nil else { return .endpoint(exact) }
            return .actions(live.filter { $0.method == method }, all: endpoints.filter { $0.method == method })
        }
        if method == .head, let get = live.first(where: { $0.method == .get }) { return .endpoint(get) }
        if endpoints.contains(where: { $0.method == method }) { return nil }
        let allowed = Set(live.map(\.method.rawValue)).sorted().joined(separator: ", ")
        throw Fault(
            .methodNotAllowed,
            "The method \(method.rawValue.prefix(20)) is not allowed for this resource. Allowed are \(allowed).",
            headers: [Fault.Header("Allow", allowed)])
    }

    /// The endpoint, and the body where it had to be read to know.
    private func settle(
        _ choice: Choice, _ request: APIRequest, _ version: Microversion
    ) async throws -> (Endpoint, document: JSONValue?) {
        switch choice {
        case .endpoint(let endpoint): return (endpoint, nil)
        case .actions(let live, let all):
            guard let rules = live.first?.body else {
                throw Fault.internalError("an action of \(choice.route) takes no body")
            }
            let value = try await document(of: request, rules).value
            return (try ActionChoice(live: live, all: all, version: version).endpoint(for: value), value)
        }
    }

    private func authenticate(_ request: APIRequest) async throws(Fault) -> Caller {
        let credentials = Credentials(
            headers: request.headers, certificateNames: request.peer.certificateNames,
            isLoopback: request.peer.isLoopback)
        do {
            if let caller = try await service.authenticator.authenticate(credentials) { return caller }
        } catch {
            guard error.kind == .unauthorized else { throw error }
            throw challenged(error, request)
        }
        throw challenged(.unauthorized(), request)
    }

    private func challenged(_ fault: Fault, _ request: APIRequest) -> Fault {
        var fault = fault
        if let header = service.authenticator.challenge(origin: request.peer.origin) { fault.headers.append(header) }
        return fault
    }

    /// The service's OpenAPI document, for the requested version, or for all versions together if none is requested.
    mutating func document(_ request: APIRequest) -> APIResponse {
        do throws(Fault) {
            let asked = service.family.versionText(in: request.headers)
            if asked != nil { _ = try agree(on: request.headers, "/openapi.json") }
        } catch {
            return response(error, request)
        }
        return response(mount.document.reply(version), request)
    }

    func response(_ reply: Reply, _ request: APIRequest) -> APIResponse {
        var headers = reply.headers
        complete(&headers, status: reply.status, request)
        return answer(status: reply.status, headers, request.method == .head ? .none : reply.body)
    }

    func response(_ fault: Fault, _ request: APIRequest) -> APIResponse {
        var headers: HTTPFields = [:]
        for header in fault.headers {
            if let name = HTTPField.Name(header.name) { headers[name] = header.value }
        }
        let context = context(request)
        let (type, bytes) = service.family.page(fault, context) ?? service.family.envelope(fault, context)
        headers[.contentType] = type
        complete(&headers, status: fault.kind.status, request)
        return answer(status: fault.kind.status, headers, request.method == .head ? .none : .bytes(bytes))
    }

    private func complete(_ headers: inout HTTPFields, status: Int, _ request: APIRequest) {
        let own = headers
        for field in service.family.headers(context(request), status: status) where !own.contains(field.name) {
            headers.append(field)
        }
        for name in service.family.requestIDHeaders { headers[name] = requestID.text }
    }

    private func context(_ request: APIRequest) -> WireContext {
        WireContext(
            requestID: requestID, method: request.method, headers: request.headers, version: version, refused: refused)
    }

    private func answer(status: Int, _ headers: HTTPFields, _ body: Reply.Body) -> APIResponse {
        var response = APIResponse(status: status, headers: headers, body: body, requestID: requestID)
        response.caller = caller
        response.service = service.name
        response.route = route
        return response
    }
}

extension Service {
    fileprivate var hasClosedEndpoints: Bool { endpoints.contains { $0.access != .open } }
}
