import HTTPTypes
import Logging
import Model

/// One request inside its service: what is known of it grows step by step, so that an error finds what it needs.
struct Exchange {
    let mount: Dispatcher.Mount
    let requestID: RequestID
    private(set) var version: Microversion?
    private(set) var caller: Caller?
    private(set) var route: String?
    private(set) var endpoint: Endpoint?

    init(mount: Dispatcher.Mount, requestID: RequestID) {
        self.mount = mount
        self.requestID = requestID
    }

    private var service: Service { mount.service }
    var family: any APIFamily { service.family }

    mutating func run(_ request: APIRequest, _ target: RequestTarget, _ logger: Logger) async throws -> Reply {
        let below = String(target.rawPath.dropFirst(service.prefix.count))
        let path = service.rewrite(below)
        let version = try service.family.version(asked: request.headers, path: path)
        self.version = version
        let segments = try RequestTarget.segments(of: path)
        let match = mount.routes.find(segments)
        let endpoint =
            try match.map { match throws(Fault) in try choose(match.endpoints, request.method, version) } ?? nil
        guard let match, let endpoint else {
            // Who may not see anything does not learn what exists either.
            if service.hasClosedEndpoints { _ = try await authenticate(request) }
            throw Fault.notFound("The resource could not be found: nothing is at this path in version \(version).")
        }
        route = endpoint.path.description
        self.endpoint = endpoint
        let caller = endpoint.access == .open ? Caller.anonymous : try await authenticate(request)
        self.caller = caller
        // Who writes hears what became of it, whatever the form.
        if request.method == .get || request.method == .head { try checkAccept(request.headers) }
        let query = try target.query()
        let call = Call(
            requestID: requestID, caller: caller, version: version, headers: request.headers,
            origin: request.peer.origin,
            mount: service.prefix, path: "/" + segments.joined(separator: "/"), rawQuery: query, logger: logger,
            pathValues: match.values, authorizer: service.authorizer, peer: request.peer)
        try endpoint.query.check(query, version)
        try endpoint.path.check(match.values, endpoint)
        if case .rule(let rule) = endpoint.access { try call.authorize(rule, target: .own(caller)) }
        try await endpoint.subject?(call)
        return try await endpoint.handler(call, try body(of: request, for: endpoint))
    }

    /// The endpoint of the method and version; nil where the path has none in this version.
    private func choose(
        _ endpoints: [Endpoint], _ method: HTTPRequest.Method, _ version: Microversion
    ) throws(Fault) -> Endpoint? {
        let live = endpoints.filter { $0.isLive(in: version) }
        guard !live.isEmpty else { return nil }
        if let exact = live.first(where: { $0.method == method }) { return exact }
        if method == .head, let get = live.first(where: { $0.method == .get }) { return get }
        if endpoints.contains(where: { $0.method == method }) { return nil }
        let allowed = Set(live.map(\.method.rawValue)).sorted().joined(separator: ", ")
        throw Fault(
            .methodNotAllowed,
            "The method \(method.rawValue.prefix(20)) is not allowed for this resource. Allowed are \(allowed).",
            headers: [Fault.Header("Allow", allowed)])
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

    private func checkAccept(_ headers: HTTPFields) throws(Fault) {
        guard let accept = headers[.accept] else { return }
        let offers = accept.split(separator: ",").contains { part in
            let type = part.prefix { $0 != ";" }.drop { $0 == " " }.lowercased()
            return ["*/*", "application/*", "application/json", "application/json-home"].contains(
                type.split(separator: " ").first.map(String.init) ?? "")
        }
        guard offers || accept.allSatisfy({ $0 == " " }) else {
            throw Fault(.notAcceptable, "Only application/json is provided, which Accept must allow.", field: "Accept")
        }
    }

    private func body(of request: APIRequest, for endpoint: Endpoint) throws(Fault) -> BodyValue? {
        guard let rules = endpoint.body else { return nil }
        let type = request.headers[.contentType]
        if !request.body.isEmpty || type != nil {
            if let type {
                let essence = type.prefix { $0 != ";" }.lowercased().split(separator: " ").joined()
                guard essence == "application/json" || essence.hasSuffix("+json") else {
                    throw Fault(
                        .unsupportedMediaType,
                        "The media type '\(type.prefix(80))' is not supported, use application/json.",
                        field: "Content-Type")
                }
            } else if service.family.requiresContentType {
                throw .badRequest(
                    "content-type header required when body is sent: application/json", field: "Content-Type")
            }
        }
        guard !request.body.isEmpty else {
            if rules.isOptional { return nil }
            throw service.family.missingBody(hasContentType: type != nil)
        }
        let value = try JSONParser.parse(request.body)
        if let problem = rules.schema.problem(with: value) {
            throw service.family.malformedBody(problem)
        }
        return try rules.decode(request.body, value)
    }

    /// The service's OpenAPI document: of the version that the request asks for, or of all together where it asks none.
    mutating func document(_ request: APIRequest) -> APIResponse {
        do throws(Fault) {
            let asked = service.family.versionText(in: request.headers)
            if asked != nil { version = try service.family.version(asked: request.headers, path: "/openapi.json") }
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
        let (type, bytes) =
            service.family.page(fault, requestID: requestID, accept: request.headers[.accept])
            ?? service.family.envelope(fault, requestID: requestID, version: version)
        headers[.contentType] = type
        complete(&headers, status: fault.kind.status, request)
        return answer(status: fault.kind.status, headers, request.method == .head ? .none : .bytes(bytes))
    }

    private func complete(_ headers: inout HTTPFields, status: Int, _ request: APIRequest) {
        for field in service.family.headers(version: version, status: status, method: request.method)
        where !headers.contains(field.name) {
            headers.append(field)
        }
        for name in service.family.requestIDHeaders { headers[name] = requestID.text }
    }

    private func answer(status: Int, _ headers: HTTPFields, _ body: Reply.Body) -> APIResponse {
        var response = APIResponse(status: status, headers: headers, body: body, requestID: requestID)
        response.caller = caller
        response.service = service.name
        response.route = route
        return response
    }
}

extension QueryRules {
    fileprivate func check(_ query: [(name: String, value: String)], _ version: Microversion) throws(Fault) {
        if case .collect = unknown { return }
        for (name, value) in query {
            let live = parameters.filter { $0.since.map { $0 <= version } ?? true }
            guard let parameter = live.first(where: { $0.name == name }) else {
                if case .ignore = unknown { continue }
                throw .badRequest(
                    "Invalid query string parameters: Additional properties are not allowed ('\(name.prefix(80))' was "
                        + "unexpected); "
                        + (live.isEmpty
                            ? "this request takes none."
                            : "known are \(live.map(\.name).joined(separator: ", "))."),
                    field: name)
            }
            guard parameter.isValid(value) else {
                throw .badRequest(
                    "Invalid query string parameters: '\(value.prefix(80))' is not \(parameter.form), which "
                        + "'\(name)' must be.", field: name)
            }
        }
        for parameter in parameters where parameter.isRequired && parameter.since.map({ $0 <= version }) ?? true {
            guard query.contains(where: { $0.name == parameter.name }) else {
                throw .badRequest(
                    "Invalid query string parameters: '\(parameter.name)' is a required parameter.",
                    field: parameter.name)
            }
        }
        for parameter in parameters where !parameter.isRepeatable {
            guard query.count(where: { $0.name == parameter.name }) <= 1 || unknown == .ignore else {
                throw .badRequest(
                    "Invalid query string parameters: '\(parameter.name)' stands more than once.", field: parameter.name
                )
            }
        }
    }
}

extension PathTemplate {
    fileprivate func check(_ values: [String: String], _ endpoint: Endpoint) throws(Fault) {
        for parameter in parameters {
            guard let value = values[parameter.name], !parameter.isValid(value) else { continue }
            let message =
                parameter.refusal?(String(value.prefix(80)))
                ?? "'\(value.prefix(80))' is not \(parameter.form), which '\(parameter.name)' must be."
            throw Fault(parameter.malformed, message, field: parameter.name)
        }
    }
}

extension Service {
    fileprivate var hasClosedEndpoints: Bool { endpoints.contains { $0.access != .open } }
}
