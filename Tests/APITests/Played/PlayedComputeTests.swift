import API
import HTTPTypes
import Model
import Testing

/// Actions, versions and the project in the path, as the clients of Compute use them.
@Suite struct PlayedComputeTests {
    typealias Answer = (status: Int, headers: HTTPFields, body: String)

    private let dispatcher = Dispatcher(
        [PlayedCompute.service], logger: PlayedServer.logger, answers: AnswerCheck { Issue.record("\($0)") })
    private static let server = "0e2c5c1e-3d5c-4a5f-9d5e-8f1b2c3d4e5f"

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields = [:], token: String? = "member@p1",
        body: String = ""
    ) async throws -> Answer {
        var headers = headers
        headers[.authToken] = token
        if !body.isEmpty { headers[.contentType] = "application/json" }
        let response = await dispatcher.respond(
            to: APIRequest(method, "/compute/v2.1\(path)", headers: headers, body: Array(body.utf8)))
        return (response.status, response.headers, String(decoding: try await response.bytes(), as: UTF8.self))
    }

    private func act(
        _ body: String, _ version: String = "2.1", token: String? = "member@p1"
    ) async throws -> Answer {
        try await send(
            .post, "/servers/\(Self.server)/action", [.openStackAPIVersion: "compute \(version)"], token: token,
            body: body)
    }

    @Test func `the one key of the body chooses the action`() async throws {
        let start = try await act(#"{"os-start": null}"#)
        #expect(start.status == 202)
        #expect(start.headers[.location] == Self.server)
        #expect(try await act(#"{"os-start": {}}"#).status == 202)
        #expect(try await act(#"{"resize": {"flavorRef": "7"}}"#).body == #"{"said":"7"}"#)
        #expect(try await act(#"{"lock": null}"#, "2.72").status == 202)
        #expect(try await act(#"{"lock": {"locked_reason": "x"}}"#, "2.73").body == #"{"said":"x"}"#)
        #expect(try await act(#"{"lock": null}"#, "latest").body == #"{"said":"no reason"}"#)
    }

    @Test(
        arguments: [
            ("{}", "no member"), (#"{"os-start": null, "lock": null}"#, "2 members (lock, os-start)"),
            ("[]", "an array"), (#"{"os-strat": null}"#, "no such action: 'os-strat'"),
        ])
    func `a body that chooses none is told what would be right`(body: String, found: String) async throws {
        let answer = try await act(body)
        #expect(answer.status == 400)
        #expect(answer.body.contains(#"{"badRequest":{"code":400,"message":""#), "\(answer.body)")
        #expect(answer.body.contains(found), "\(answer.body)")
        #expect(answer.body.contains("os-start, lock, resize"), "\(answer.body)")
        #expect(!answer.body.contains("trigger_crash_dump"), "that one comes later")
    }

    @Test func `what is no JSON, or has no body, is refused before anything is chosen`() async throws {
        #expect(try await act("{").status == 400)
        #expect(try await act("").status == 400)
        let form = try await send(.post, "/servers/\(Self.server)/action", [.contentType: "text/plain"])
        #expect(form.status == 415)
    }

    @Test func `each action has versions of its own`() async throws {
        let early = try await act(#"{"trigger_crash_dump": null}"#, "2.16", token: "admin@p1")
        #expect(early.status == 404)
        #expect(early.body.contains("itemNotFound"))
        #expect(try await act(#"{"trigger_crash_dump": null}"#, "2.17", token: "admin@p1").status == 202)
        let reason = try await act(#"{"lock": {"locked_reason": 1}}"#, "2.73")
        #expect(reason.status == 400)
        #expect(reason.body.contains("lock.locked_reason"), "\(reason.body)")
        #expect(try await act(#"{"lock": {"more": 1}}"#, "2.73").status == 400)
        #expect(try await act(#"{"lock": {"more": 1}}"#, "2.72").status == 202)
    }

    @Test func `each action has a policy rule of its own, and nobody hears of actions without a token`() async throws {
        #expect(try await act(#"{"trigger_crash_dump": null}"#, "2.17").status == 403)
        #expect(try await act(#"{"os-start": null}"#, token: "reader@p1").status == 403)
        let stranger = try await act(#"{"os-strat": null}"#, token: nil)
        #expect(stranger.status == 401)
        #expect(!stranger.body.contains("os-start"))
    }

    @Test func `metrics and the log tell actions apart`() async throws {
        let response = await dispatcher.respond(
            to: APIRequest(
                .post, "/compute/v2.1/servers/\(Self.server)/action",
                headers: [.authToken: "member@p1", .contentType: "application/json"],
                body: Array(#"{"os-start": null}"#.utf8)))
        #expect(response.route == "/servers/{server_id}/action#os-start")
    }

    @Test func `a project in the path is the token's`() async throws {
        #expect(try await send(.get, "/servers").body == #"{"said":"\/servers of no project in the path"}"#)
        #expect(try await send(.get, "/p1/servers").body == #"{"said":"\/servers of p1"}"#)
        let other = try await send(.get, "/p2/servers")
        #expect(other.status == 400)
        #expect(other.body.contains("names project 'p2' and the token is for project 'p1'"), "\(other.body)")
        #expect(try await send(.get, "/p2/servers", token: nil).status == 401)
        #expect(try await send(.get, "/p1/nowhere").status == 404)
        #expect(try await send(.get, "", token: nil).body == #"{"said":"2.1"}"#)
        #expect(try await send(.get, "/p1").status == 404)
        let action = try await send(.post, "/p1/servers/\(Self.server)/action", body: #"{"os-start": null}"#)
        #expect(action.status == 202)
    }

    private static let legacy = HTTPField.Name("X-OpenStack-Nova-API-Version")

    @Test(
        arguments: [
            (nil, nil, "2.1"), ("compute 2.50", nil, "2.50"), (nil, "2.60", "2.60"), ("compute 2.50", "2.60", "2.50"),
            ("volume 3.50", "2.60", "2.60"), ("volume 3.50", nil, "2.1"), ("volume 3.0, compute 2.70", nil, "2.70"),
            ("compute latest", nil, "2.104"), (nil, "latest", "2.104"),
        ] as [(String?, String?, String)])
    func `both headers ask for a version and tell it`(new: String?, old: String?, version: String) async throws {
        let legacy = try #require(Self.legacy)
        var headers: HTTPFields = [:]
        headers[.openStackAPIVersion] = new
        headers[legacy] = old
        for (path, status) in [("/servers", 200), ("/nowhere", 404)] {
            let answer = try await send(.get, path, headers)
            #expect(answer.status == status)
            #expect(answer.headers[.openStackAPIVersion] == "compute \(version)")
            #expect(answer.headers[legacy] == version)
            #expect(answer.headers[values: .vary] == ["OpenStack-API-Version", "X-OpenStack-Nova-API-Version"])
        }
    }

    @Test func `a version that is refused is repeated, and one that is none is not`() async throws {
        let legacy = try #require(Self.legacy)
        for headers: HTTPFields in [[.openStackAPIVersion: "compute 2.999"], [legacy: "2.999"]] {
            let refused = try await send(.get, "/servers", headers)
            #expect(refused.status == 406)
            #expect(refused.body.contains("computeFault"))
            #expect(refused.headers[.openStackAPIVersion] == "compute 2.999")
            #expect(refused.headers[legacy] == "2.999")
        }
        let malformed = try await send(.get, "/servers", [.openStackAPIVersion: "compute 2.x"])
        #expect(malformed.status == 400)
        #expect(malformed.headers[.openStackAPIVersion] == nil)
        let stranger = try await send(.get, "/servers", token: nil)
        #expect(stranger.headers[.openStackAPIVersion] == nil)
        #expect(stranger.body.contains(#""error":{"code":401"#), "\(stranger.body)")
    }

    @Test func `over a connection, too`() async throws {
        try await PlayedServer.run([PlayedCompute.service]) { port in
            let body = #"{"os-start": null}"#
            let answer = try await PlayedServer.exchange(
                port,
                "POST /compute/v2.1/p1/servers/\(Self.server)/action HTTP/1.1\r\nHost: a\r\nX-Auth-Token: member@p1\r\n"
                    + "X-OpenStack-Nova-API-Version: 2.7\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
            #expect(answer.hasPrefix("HTTP/1.1 202 "), "\(answer)")
            #expect(answer.contains("X-OpenStack-Nova-API-Version: 2.7\r\n"))
        }
    }
}
