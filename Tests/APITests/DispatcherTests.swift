import API
import FoundationEssentials
import HTTPTypes
import Logging
import Model
import Testing

@Suite("Dispatcher")
struct DispatcherTests {
    struct HeaderAuthenticator: Authenticator {
        func authenticate(_ request: Credentials) async throws(Fault) -> Caller? {
            guard let token = request.headers[.authToken] else { return nil }
            if token == "bad" { throw .unauthorized() }
            return Caller(user: UserID(token), scope: .project("p", domain: nil), roles: [token])
        }

        func challenge(origin: String) -> Fault.Header? {
            Fault.Header("WWW-Authenticate", "Keystone uri=\"\(origin)/identity\"")
        }
    }

    struct AdminOnly: Authorizer {
        func authorize(_ caller: Caller, rule: String, target: PolicyTarget) throws(Fault) {
            guard caller.has(role: "admin") else { throw .forbidden("\(rule) is for admins") }
        }
    }

    struct Widget: Codable, Sendable {
        var name: String
        var size: Int
        var tags: [String]?
    }

    struct Broken: Error {}

    static let id = PathParameter<ResourceProviderID>("uuid", "The widget's id")
    static let limit = QueryParameter<Int>("limit", "How many", since: APIVersion(1, 5, "Limits."))

    static func dispatcher(_ family: any APIFamily = PlacementFamily()) -> Dispatcher {
        let endpoints = [
            Endpoint(.get, "/", "Show the versions", access: .open, answers: .empty(200)) { _ in
                .json(bytes: Array("{}".utf8))
            },
            Endpoint(
                .get, "/widgets", "List widgets", query: QueryRules([limit.description]), access: .authenticated,
                answers: .json([Widget].self)
            ) { call in
                let limit = try call[limit] ?? 0
                return .json(bytes: Array("[\(limit)]".utf8))
            },
            Endpoint(
                .post, "/widgets", "Create a widget", body: Widget.self, schema: Schema.of(Widget.self).strict,
                access: .rule("widget:create"), answers: .json(Widget.self, status: 201)
            ) { call, widget in try .json(widget, status: 201) },
            Endpoint(.get, "/widgets/\(id)", "Show a widget", access: .authenticated, answers: .json(Widget.self)) {
                call in .json(bytes: Array("\"\(try call[id])\"".utf8))
            },
            Endpoint(
                .get, "/widgets/mine", "Show my widget", since: APIVersion(1, 9, "My widget."), access: .authenticated,
                answers: .empty(200)
            ) {
                call in .json(bytes: Array("\"\(call.caller.roles.sorted())\"".utf8))
            },
            Endpoint(.get, "/broken", "Fail", access: .open, answers: .empty()) { _ in throw Broken() },
        ]
        return Dispatcher(
            [
                Service(
                    name: "widgets", title: "Widgets", prefix: "/w", family: family, endpoints: endpoints,
                    authenticator: HeaderAuthenticator(), authorizer: AdminOnly())
            ], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    func send(
        _ method: HTTPRequest.Method, _ target: String, _ headers: [String: String] = [:], body: String = ""
    ) async throws -> (status: Int, headers: HTTPFields, body: String) {
        var fields: HTTPFields = [:]
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        if !body.isEmpty, fields[.contentType] == nil { fields[.contentType] = "application/json" }
        let response = await Self.dispatcher().respond(
            to: APIRequest(method, target, headers: fields, body: Array(body.utf8)))
        return (response.status, response.headers, String(decoding: try await response.bytes(), as: UTF8.self))
    }

    @Test("mounts, routes and answers with version, request id and length of life")
    func found() async throws {
        let answer = try await send(
            .get, "/w/widgets?limit=7",
            ["X-Auth-Token": "reader", "OpenStack-API-Version": "compute 2.1, placement 1.20"])
        #expect(answer.status == 200)
        #expect(answer.body == "[7]")
        #expect(answer.headers[.openStackAPIVersion] == "placement 1.20")
        #expect(answer.headers[.cacheControl] == "no-cache")
        #expect(answer.headers[.openStackRequestID]?.hasPrefix("req-") == true)
    }

    @Test("the root of a mount is found with and without a slash, and needs no token")
    func root() async throws {
        #expect(try await send(.get, "/w").status == 200)
        #expect(try await send(.get, "/w/").status == 200)
        #expect(try await send(.get, "/wx").status == 404)
        #expect(try await send(.get, "/").status == 404)
    }

    @Test(
        "refusals carry their status",
        arguments: [
            ("GET", "/w/widgets", "", "", 401), ("GET", "/w/widgets", "bad", "", 401),
            ("GET", "/w/nowhere", "", "", 401), ("GET", "/w/nowhere", "reader", "", 404),
            ("DELETE", "/w/widgets", "reader", "", 405), ("PUT", "/w/widgets", "reader", "{}", 405),
            ("POST", "/w/widgets", "reader", #"{"name":"a","size":1}"#, 403),
            ("POST", "/w/widgets", "admin", #"{"name":"a","size":1}"#, 201),
            ("POST", "/w/widgets", "admin", #"{"name":"a"}"#, 400),
            ("POST", "/w/widgets", "admin", #"{"name":"a","size":1,"more":2}"#, 400),
            ("POST", "/w/widgets", "admin", "", 415), ("POST", "/w/widgets", "admin", "{", 400),
            ("GET", "/w/widgets?limit=x", "reader", "", 400), ("GET", "/w/widgets?other=1", "reader", "", 400),
            ("GET", "/w/widgets/not-a-uuid", "reader", "", 400), ("GET", "/w/%zz", "reader", "", 400),
            ("GET", "/w/%00", "reader", "", 400), ("GET", "/w/%ff", "reader", "", 400),
            ("HEAD", "/w/widgets", "reader", "", 200), ("GET", "/w/broken", "", "", 500),
        ])
    func refusals(method: String, target: String, token: String, body: String, status: Int) async throws {
        var headers = ["OpenStack-API-Version": "placement 1.20"]
        if !token.isEmpty { headers["X-Auth-Token"] = token }
        let answer = try await send(try #require(HTTPRequest.Method(method)), target, headers, body: body)
        #expect(answer.status == status, "\(answer.body)")
        if status == 401 {
            #expect(answer.headers[.wwwAuthenticate] == "Keystone uri=\"http://127.0.0.1/identity\"")
        }
        if status == 405 { #expect(answer.headers[.allow] == "GET, POST") }
        if method == "HEAD" { #expect(answer.body.isEmpty) }
    }

    @Test("a query has no more parameters than databases take conditions", arguments: [(512, false), (513, true)])
    func parameters(count: Int, isRefused: Bool) async throws {
        let query = Array(repeating: "limit=7", count: count).joined(separator: "&")
        let answer = try await send(
            .get, "/w/widgets?\(query)", ["X-Auth-Token": "reader", "OpenStack-API-Version": "placement 1.20"])
        #expect(answer.body.contains("more than 512 parameters") == isRefused, "\(answer.body)")
        #expect(answer.status == 400 || !isRefused)
    }

    @Test("an unexpected error tells nothing of itself")
    func neutral() async throws {
        let answer = try await send(.get, "/w/broken")
        #expect(!answer.body.contains("Broken"))
        #expect(answer.body.contains("request id"))
    }

    @Test("a refusal names the field")
    func field() async throws {
        let answer = try await send(
            .post, "/w/widgets", ["X-Auth-Token": "admin"], body: #"{"name":"a","size":"big"}"#)
        #expect(answer.body.contains("is not of type 'integer' (at size)"))
    }

    @Test("a literal wins over a parameter, from the version that has it on")
    func versions() async throws {
        let new = ["X-Auth-Token": "reader", "OpenStack-API-Version": "placement 1.9"]
        #expect(try await send(.get, "/w/widgets/mine", new).status == 200)
        #expect(try await send(.get, "/w/widgets/mine", ["X-Auth-Token": "reader"]).status == 404)
        #expect(try await send(.get, "/w/widgets?limit=1", ["X-Auth-Token": "reader"]).status == 400)
    }

    @Test(
        "version headers",
        arguments: [
            ("placement latest", 200, "placement 1.39"), ("PLACEMENT 1.4", 200, "placement 1.4"),
            ("placement 1.99", 406, nil), ("placement pony", 400, nil), ("compute 2.1", 200, "placement 1.0"),
            ("placement 1.1, placement 1.2", 200, "placement 1.2"),
        ])
    func versionHeaders(asked: String, status: Int, answered: String?) async throws {
        let answer = try await send(.get, "/w", ["OpenStack-API-Version": asked])
        #expect(answer.status == status)
        #expect(answer.headers[.openStackAPIVersion] == answered)
        if status == 406 { #expect(answer.body.contains(#""max_version":"1.39","min_version":"1.0""#)) }
    }

    @Test("media types")
    func mediaTypes() async throws {
        let body = #"{"name":"a","size":1}"#
        let xml = ["X-Auth-Token": "admin", "Content-Type": "application/xml"]
        #expect(try await send(.post, "/w/widgets", xml, body: body).status == 415)
        let parameterised = ["X-Auth-Token": "admin", "Content-Type": "application/json; charset=utf-8"]
        #expect(try await send(.post, "/w/widgets", parameterised, body: body).status == 201)
        #expect(try await send(.get, "/w/widgets", ["X-Auth-Token": "r", "Accept": "text/html"]).status == 406)
        #expect(
            try await send(.get, "/w/widgets", ["X-Auth-Token": "r", "Accept": "text/html, */*;q=0.1"]).status == 200)
    }

    @Test("identity headers from outside are believed by nobody")
    func stripped() async throws {
        let answer = try await send(
            .get, "/w/widgets/mine",
            ["X-Auth-Token": "reader", "X-Roles": "admin", "OpenStack-API-Version": "placement 1.9"])
        #expect(answer.body == #""["reader"]""#)
    }
}
