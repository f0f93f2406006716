public import HTTPTypes
public import Logging
public import Model

/// One request in an endpoint: caller, version and parameters.
public struct Call: Sendable {
    public let requestID: RequestID
    public let caller: Caller
    public let version: Microversion
    public let headers: HTTPFields
    /// `scheme://host[:port]` as the client sees it; forwarding headers count if the proxy is trusted.
    public let origin: String
    /// The service's mount point as the client sees it, such as `/placement`; empty at the root.
    public let mount: String
    /// The path below the mount, percent-decoded.
    public let path: String
    /// Every query parameter in order, percent-decoded.
    public let rawQuery: [(name: String, value: String)]
    public let logger: Logger
    /// The other end of the connection.
    public let peer: Peer
    /// The project that the path names in front, as in `/v2.1/{project_id}/servers`: the caller's. Nil where it names none;
    /// links that the response holds name it again.
    package let pathProject: ProjectID?
    let pathValues: [String: String]
    let authorizer: any Authorizer

    public init(
        requestID: RequestID, caller: Caller, version: Microversion, headers: HTTPFields, origin: String, mount: String,
        path: String, rawQuery: [(name: String, value: String)], logger: Logger, pathValues: [String: String],
        authorizer: any Authorizer, peer: Peer = .inProcess, pathProject: ProjectID? = nil
    ) {
        self.requestID = requestID
        self.caller = caller
        self.version = version
        self.headers = headers
        self.origin = origin
        self.mount = mount
        self.path = path
        self.rawQuery = rawQuery
        self.logger = logger
        self.pathValues = pathValues
        self.authorizer = authorizer
        self.peer = peer
        self.pathProject = pathProject
    }

    /// The value of a path parameter, which was checked before the handler ran.
    ///
    /// Throws if the endpoint's path does not contain `parameter`; the check of the table at start excludes that.
    public subscript<Value>(_ parameter: PathParameter<Value>) -> Value {
        get throws(Fault) {
            guard let text = pathValues[parameter.name] else {
                throw .internalError("the path has no parameter '\(parameter.name)'")
            }
            guard let value = Value(parameter: text) else {
                throw Fault(
                    parameter.malformed, "'\(text)' is not \(Value.form), which '\(parameter.name)' must be.",
                    field: parameter.name)
            }
            return value
        }
    }

    /// The last value of a query parameter; nil if the client sent none.
    public subscript<Value>(_ parameter: QueryParameter<Value>) -> Value? {
        get throws(Fault) {
            guard let text = rawQuery.last(where: { $0.name == parameter.name })?.value else { return nil }
            return try read(text, parameter)
        }
    }

    /// Every value of a repeatable query parameter, in order.
    public subscript<Value>(all parameter: QueryParameter<Value>) -> [Value] {
        get throws(Fault) {
            var values: [Value] = []
            for (name, text) in rawQuery where name == parameter.name { values.append(try read(text, parameter)) }
            return values
        }
    }

    private func read<Value>(_ text: String, _ parameter: QueryParameter<Value>) throws(Fault) -> Value {
        guard let value = Value(parameter: text) else {
            throw .badRequest(
                "'\(text)' is not \(Value.form), which the parameter '\(parameter.name)' must be.",
                field: parameter.name)
        }
        return value
    }

    /// Checks the policy's `rule` with a target's attributes; throws 403 if it refuses.
    public func authorize(_ rule: String, target: PolicyTarget) throws(Fault) {
        try authorizer.authorize(caller, rule: rule, target: target)
    }

    /// Whether the policy's `rule` admits the caller to `target`.
    public func allows(_ rule: String, target: PolicyTarget) -> Bool {
        do {
            try authorize(rule, target: target)
            return true
        } catch {
            return false
        }
    }
}
