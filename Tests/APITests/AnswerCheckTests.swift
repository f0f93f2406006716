import API
import HTTPTypes
import Logging
import Model
import NIOCore
import Synchronization
import Testing

@Suite("Answers against their documents")
struct AnswerCheckTests {
    struct Thing: Codable, Sendable {
        var name: String
        var colour: String?
    }

    struct Nobody: Authenticator {
        func authenticate(_ request: Credentials) async throws(Fault) -> Caller? { nil }
        func challenge(origin: String) -> Fault.Header? { nil }
    }

    struct Anything: Authorizer {
        func authorize(_ caller: Caller, rule: String, target: PolicyTarget) throws(Fault) {}
    }

    /// What is reported of an endpoint that tells a `Thing` with 200, or nothing with 204, and answers `reply`.
    private func reported(
        _ method: HTTPRequest.Method = .get, faults: [Fault.Kind] = [],
        _ reply: @escaping @Sendable () throws -> Reply
    ) async throws -> [String] {
        let found = Mutex<[String]>([])
        let dispatcher = Dispatcher(
            [
                Service(
                    name: "things", title: "Things", prefix: "/t", family: PlacementFamily(),
                    endpoints: [
                        Endpoint(
                            .get, "/thing", "Show a thing", access: .open, answers: .json(Thing.self), .empty(),
                            faults: faults
                        ) { _ in try reply() }
                    ], authenticator: Nobody(), authorizer: Anything())
            ], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            answers: AnswerCheck { mismatch in found.withLock { $0.append(mismatch.problem) } })
        let response = await dispatcher.respond(to: APIRequest(method, "/t/thing"))
        _ = try await response.bytes()
        return found.withLock { $0 }
    }

    private func json(_ text: String, status: Int = 200) -> Reply { .json(bytes: Array(text.utf8), status: status) }

    @Test func `data may be of any of the media types that are told`() async throws {
        let endpoint = Endpoint(
            .get, "/data", "Show data", query: .anything, access: .open, answers: .data("text/plain"),
            .data(.octetStream)
        ) { call in
            var headers: HTTPFields = [:]
            headers[.contentType] = call.rawQuery.first?.value
            return Reply(status: 200, headers: headers, body: .bytes([1]))
        }
        let service = Service(
            name: "things", title: "Things", prefix: "/t", family: PlacementFamily(), endpoints: [endpoint],
            authenticator: Nobody(), authorizer: Anything())
        let found = Mutex<[String]>([])
        let dispatcher = Dispatcher(
            [service], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            answers: AnswerCheck { mismatch in found.withLock { $0.append(mismatch.problem) } })
        for type in ["text/plain", "application/octet-stream", "image/png"] {
            _ = await dispatcher.respond(to: APIRequest(.get, "/t/data?type=\(type)"))
        }
        #expect(
            found.withLock { $0 } == [
                "the document tells text/plain, application/octet-stream, Content-Type is image/png"
            ])
        let document = String(decoding: OpenAPIDocument(service).json(), as: UTF8.self)
        #expect(document.contains("\"text/plain\": {}") && document.contains("\"application/octet-stream\": {}"))
    }

    @Test("an answer that is as promised is not reported")
    func asPromised() async throws {
        #expect(try await reported { json(#"{"name": "a", "colour": "red"}"#) }.isEmpty)
        #expect(try await reported { json(#"{"name": "a", "colour": null}"#) }.isEmpty)
        #expect(try await reported { json(#"{"name": "a"}"#) }.isEmpty)
        #expect(try await reported { .empty() }.isEmpty)
        #expect(try await reported(.head) { json(#"{"name": "a"}"#) }.isEmpty)
        #expect(try await reported { throw Fault.notFound("No such thing.") }.isEmpty)
    }

    @Test(
        "a body of another form is reported with the place",
        arguments: [
            (#"{"name": null}"#, "name"), (#"{"colour": "red"}"#, "name"), (#"{"name": "a", "size": 1}"#, "size"),
            (#"[]"#, "the body"), (#"{"#, "not JSON"),
        ])
    func otherForm(body: String, place: String) async throws {
        let problems = try await reported { json(body) }
        #expect(problems.count == 1)
        #expect(problems.first?.contains(place) == true, "\(problems)")
    }

    @Test("a status that the document does not tell is reported, of success and of failure")
    func otherStatus() async throws {
        #expect(try await reported { json(#"{"name": "a"}"#, status: 202) }.count == 1)
        #expect(try await reported { throw Fault.conflict("It is there already.") }.count == 1)
        #expect(try await reported(faults: [.conflict]) { throw Fault.conflict("It is there already.") }.isEmpty)
    }

    @Test("a body where none is told, and none where one is, are reported")
    func bodies() async throws {
        #expect(try await reported { json("{}", status: 204) }.count == 1)
        #expect(try await reported { .empty(200) }.count == 1)
    }

    @Test("a body that leaves in pieces is looked at as a whole, and arrives unchanged")
    func pieces() async throws {
        let right = [#"{"name": "#, #""a"}"#]
        let wrong = [#"{"name": "#, #"1}"#]
        for (parts, expected) in [(right, 0), (wrong, 1)] {
            let left = Mutex(parts)
            let problems = try await reported {
                var headers: HTTPFields = [:]
                headers[.contentType] = "application/json"
                return Reply(
                    status: 200, headers: headers,
                    body: .pieces {
                        left.withLock { $0.isEmpty ? nil : ByteBuffer(string: $0.removeFirst()) }
                    })
            }
            #expect(problems.count == expected)
        }
    }
}
