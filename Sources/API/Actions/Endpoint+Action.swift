public import HTTPTypes
public import Model

extension Endpoint {
    /// One of several operations of a path, chosen by the one key of the body: `{"os-stop": null}`. The key's value is what
    /// the handler gets.
    ///
    ///     Endpoint.action("lock", "/servers/\(id)/action", "Lock a server", body: LockBody?.self,
    ///                     access: .rule("os_compute_api:os-lock-server:lock"), answers: .empty(202)) { call, lock in … }
    ///
    /// Each has its own versions, policy rule, schema, answers and operation in the OpenAPI document, under
    /// `/servers/{id}/action#lock`: a client drops the fragment, so that the path stays the one that it sends to.
    ///
    /// - Parameter schema: of the key's value
    public static func action<Value: Decodable & Sendable>(
        _ name: String, _ path: PathTemplate, _ summary: String, method: HTTPRequest.Method = .post,
        since: APIVersion? = nil, before: APIVersion? = nil, query: QueryRules = .none,
        body: Value.Type, schema: Schema? = nil, access: Access,
        answers: Answer..., faults: [Fault.Kind] = [],
        handler: @escaping @Sendable (Call, Value) async throws -> Reply
    ) -> Endpoint {
        let rules = Self.rules(name, schema ?? Schema.of(Value.self)) { value throws(Fault) in
            BodyValue(try decodeBody(Value.self, from: value))
        }
        return Endpoint(
            method, path, summary, live: (since, before), query: query, body: rules, action: name, access: access,
            answers: answers, faults: faults, handler: given(path, handler))
    }

    /// An action whose key has no value that counts: null, most of the time.
    public static func action(
        _ name: String, _ path: PathTemplate, _ summary: String, method: HTTPRequest.Method = .post,
        since: APIVersion? = nil, before: APIVersion? = nil, query: QueryRules = .none, access: Access,
        answers: Answer..., faults: [Fault.Kind] = [],
        handler: @escaping @Sendable (Call) async throws -> Reply
    ) -> Endpoint {
        let rules = Self.rules(name, .any) { _ in BodyValue(()) }
        return Endpoint(
            method, path, summary, live: (since, before), query: query, body: rules, action: name, access: access,
            answers: answers, faults: faults
        ) { call, _ in try await handler(call) }
    }

    private static func rules(
        _ name: String, _ schema: Schema,
        _ decode: @escaping @Sendable (_ value: JSONValue) throws(Fault) -> BodyValue
    ) -> BodyRules {
        let whole = Schema.object(ObjectSchema([.init(name, schema)]))
        return BodyRules(
            contents: [.init(type: .json, schema: whole)],
            form: .json(whole) { _, value throws(Fault) in try decode(value[name] ?? .null) })
    }
}
