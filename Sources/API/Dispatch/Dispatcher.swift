import HTTPTypes
public import Logging
public import Model

/// From a request to its response: mount, version, route, caller, policy, parameters, body, handler, error body.
///
/// It does not depend on a socket: the server calls it, and so do tests and callers inside the process.
public struct Dispatcher: Sendable {
    private let mounts: [Mount]
    /// Whether an endpoint of any service takes its body as it arrives.
    private let hasStreams: Bool
    private let root: @Sendable (APIRequest) -> Reply?
    private let logger: Logger
    private let ids: IDSource
    private let answers: AnswerCheck?

    struct Mount: Sendable {
        let service: Service
        let routes: RouteTable
        let prefix: [UInt8]
        let document: SharedDocument
        /// Whether an endpoint takes its body as it arrives.
        let hasStreams: Bool
    }

    /// - Parameters:
    ///   - answers: checks every response; nil for no checks
    ///   - root: responds to paths below no service, such as `/`; nil responds with 404
    public init(
        _ services: [Service], logger: Logger, ids: IDSource = .random, answers: AnswerCheck? = nil,
        root: @escaping @Sendable (APIRequest) -> Reply? = { _ in nil }
    ) {
        mounts = services.map {
            Mount(
                service: $0, routes: RouteTable($0.endpoints), prefix: Array($0.prefix.utf8),
                document: SharedDocument($0), hasStreams: $0.endpoints.contains { $0.body?.isStream == true })
        }
        .sorted { $0.prefix.count > $1.prefix.count }
        hasStreams = mounts.contains { $0.hasStreams }
        self.root = root
        self.logger = logger
        self.ids = ids
        self.answers = answers
    }

    public func respond(to request: APIRequest) async -> APIResponse {
        var request = request
        let target = RequestTarget(request.target)
        let mount = mount(of: target.rawPath)
        let requestID = requestID(of: request, mount)
        if mount?.service.authenticator.readsIdentityHeaders != true { IdentityHeaders.strip(&request.headers) }
        guard let mount else {
            return rootAnswer(request, requestID)
        }
        var exchange = Exchange(mount: mount, requestID: requestID)
        if target.rawPath.dropFirst(mount.service.prefix.count) == "/openapi.json", request.method == .get {
            return exchange.document(request)
        }
        let response: APIResponse
        do {
            let reply = try await exchange.run(request, target, logger)
            response = exchange.response(reply, request)
        } catch {
            let fault = outcome(of: error, requestID)
            response = exchange.response(fault, request)
        }
        return answers?.watching(response, request.method, exchange) ?? response
    }

    /// A response with `fault`, in the error body of the request's service.
    func refuse(_ request: APIRequest, _ fault: Fault) async -> APIResponse {
        let mount = mount(of: RequestTarget(request.target).rawPath)
        let requestID = requestID(of: request, mount)
        guard let mount else { return rootFault(fault, request, requestID) }
        return Exchange(mount: mount, requestID: requestID).response(fault, request)
    }

    /// The caller's, where the service takes it over; otherwise a new one.
    private func requestID(of request: APIRequest, _ mount: Mount?) -> RequestID {
        if let mount, mount.service.family.adoptsRequestIDs, let given = GivenRequestID.find(in: request.headers) {
            return given
        }
        return RequestID("req-\(ids.next(RequestKind.self))")
    }

    /// Whether the body is to be left on the connection, for the handler to read as it arrives.
    func streams(_ method: HTTPRequest.Method, _ target: String) -> Bool {
        guard hasStreams else { return false }
        let path = RequestTarget(target).rawPath
        guard let mount = mount(of: path) else { return false }
        return mount.streams(method, String(path.dropFirst(mount.service.prefix.count)))
    }

    private func mount(of path: Substring) -> Mount? {
        let bytes = path.utf8
        return mounts.first { mount in
            guard bytes.starts(with: mount.prefix) else { return false }
            let rest = bytes.dropFirst(mount.prefix.count)
            return rest.isEmpty || rest.first == UInt8(ascii: "/")
        }
    }

    private func rootAnswer(_ request: APIRequest, _ requestID: RequestID) -> APIResponse {
        if let reply = root(request) {
            var headers = reply.headers
            headers[.openStackRequestID] = requestID.text
            let body = request.method == .head ? Reply.Body.none : reply.body
            return APIResponse(status: reply.status, headers: headers, body: body, requestID: requestID)
        }
        return rootFault(
            .notFound("No service is mounted at this path; '/' lists the services."), request, requestID)
    }

    private func rootFault(_ fault: Fault, _ request: APIRequest, _ requestID: RequestID) -> APIResponse {
        let (type, bytes) = AgentFamily().envelope(
            fault, WireContext(requestID: requestID, method: request.method, headers: request.headers))
        var headers: HTTPFields = [:]
        headers[.contentType] = type
        headers[.openStackRequestID] = requestID.text
        return APIResponse(
            status: fault.kind.status, headers: headers, body: request.method == .head ? .none : .bytes(bytes),
            requestID: requestID)
    }

    /// The part of an error that the client may know. The rest goes to the log, with the request's id.
    private func outcome(of error: any Error, _ requestID: RequestID) -> Fault {
        let fault: Fault
        switch error {
        case let known as Fault: fault = known
        case let known as any FaultConvertible: fault = known.fault
        case is CancellationError:
            fault = .unavailable(
                "The request was cancelled because the server is stopping or the client disconnected.")
        default: fault = .internalError("\(type(of: error)): \(error)")
        }
        if fault.kind.status >= 500 {
            logger.error(
                "request failed",
                metadata: [
                    "request_id": "\(requestID)", "fault": "\(fault.debugDescription)",
                ])
        }
        return fault
    }
}
