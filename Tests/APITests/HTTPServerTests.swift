import API
import AsyncHTTPClient
import HTTPTypes
import Logging
import Model
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization
import Testing

@Suite("HTTP server")
struct HTTPServerTests {
    struct Nobody: Authenticator {
        func authenticate(_ request: Credentials) async throws(Fault) -> Caller? {
            request.isLoopback ? .anonymous : nil
        }
        func challenge(origin: String) -> Fault.Header? { nil }
    }

    struct Anything: Authorizer {
        func authorize(_ caller: Caller, rule: String, target: PolicyTarget) throws(Fault) {}
    }

    struct Note: Codable, Sendable { var text: String }

    /// Runs `body` against a listener on a free port, and stops the listener as an operator would.
    func withServer(
        _ change: (inout ListenerConfiguration) -> Void = { _ in }, readiness: ReadinessReport = ReadinessReport(),
        _ body: @Sendable (_ base: String, _ metrics: MetricsRegistry) async throws -> Void
    ) async throws {
        var configuration = ListenerConfiguration(host: "127.0.0.1", port: 0, maximumBody: 1000, logsAccess: false)
        change(&configuration)
        let endpoints = [
            Endpoint(.get, "/origin", "Show the origin", access: .authenticated, answers: .empty(200)) { call in
                try .json(Note(text: call.origin))
            },
            Endpoint(.post, "/notes", "Keep a note", body: Note.self, access: .open, answers: .json(Note.self)) {
                _, note in
                try .json(note)
            },
            Endpoint(.get, "/stream", "Send much", access: .open, answers: .empty(200)) { _ in
                Reply(
                    status: 200,
                    body: .stream { write in
                        for _ in 0..<100 { try await write(Array(repeating: 0x61, count: 10_000)) }
                    })
            },
            Endpoint(.get, "/pulled", "Send as it is asked for", access: .open, answers: .empty(200)) { _ in
                let (chunks, sink) = AsyncStream.makeStream(of: [UInt8].self)
                for letter: UInt8 in 0x61...0x63 { sink.yield(Array(repeating: letter, count: 10_000)) }
                sink.finish()
                return Reply(
                    status: 200,
                    body: .pulled {
                        var iterator = chunks.makeAsyncIterator()
                        return await iterator.next(isolation: #isolation)
                    })
            },
            Endpoint(.get, "/half", "Break in the middle", access: .open, answers: .empty(200)) { _ in
                Reply(
                    status: 200,
                    body: .stream { write in
                        try await write([0x61])
                        throw Fault.conflict("broken")
                    })
            },
        ]
        let metrics = MetricsRegistry()
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let dispatcher = Dispatcher(
            [
                Service(
                    name: "notes", title: "Notes", prefix: "/n", family: AgentFamily(), endpoints: endpoints,
                    authenticator: Nobody(), authorizer: Anything())
            ], logger: logger)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = HTTPServer(
            configuration, dispatcher: dispatcher, metrics: metrics, logger: logger, readiness: { readiness },
            onListening: { port.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { port.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            let bound = try #require(await iterator.next())
            do {
                try await body("http://127.0.0.1:\(bound)", metrics)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    func send(
        _ url: String, _ method: String = "GET", _ headers: [String: String] = [:], body: String? = nil
    ) async throws -> (status: UInt, headers: [String: String], body: String) {
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(600))
        let bytes = try await response.body.collect(upTo: 10_000_000)
        var fields: [String: String] = [:]
        for (name, value) in response.headers { fields[name.lowercased()] = value }
        return (response.status.code, fields, String(buffer: bytes))
    }

    @Test("answers requests, one after another on a connection")
    func answers() async throws {
        try await withServer { (base, metrics) async throws -> Void in
            let headers = ["Content-Type": "application/json"]
            for _ in 0..<3 {
                let answer = try await send("\(base)/n/notes", "POST", headers, body: #"{"text":"x"}"#)
                #expect(answer.status == 200)
                #expect(answer.body == #"{"text":"x"}"#)
            }
            #expect(try await send("\(base)/n/nothing").status == 404)
            #expect(
                metrics.text().contains(
                    #"http_request_duration_seconds_count{method="POST",route="/notes",service="notes",status="200"} 3"#
                ))
        }
    }

    @Test("a body past the limit is 413, in the family's envelope")
    func limit() async throws {
        try await withServer { (base, _) async throws -> Void in
            let answer = try await send(
                "\(base)/n/notes", "POST", ["Content-Type": "application/json"],
                body: "{\"text\":\"\(String(repeating: "x", count: 2000))\"}")
            #expect(answer.status == 413)
            #expect(answer.body.contains("\"errors\""))
        }
    }

    @Test("a long answer streams whole, and a broken one is seen as broken")
    func streams() async throws {
        try await withServer { (base, _) async throws -> Void in
            #expect(try await send("\(base)/n/stream").body.utf8.count == 1_000_000)
            let pulled = try await send("\(base)/n/pulled").body
            #expect(pulled.utf8.count == 30_000)
            #expect(pulled.hasPrefix("aaa") && pulled.hasSuffix("ccc"))
            await #expect(throws: (any Error).self) { _ = try await send("\(base)/n/half") }
            #expect(try await send("\(base)/n/stream").status == 200)
        }
    }

    @Test("probes and metrics")
    func probes() async throws {
        try await withServer { (base, _) async throws -> Void in
            #expect(try await send("\(base)/healthz").body == "ok\n")
            #expect(try await send("\(base)/readyz").body == "ok\n")
            #expect(try await send("\(base)/metrics").headers["content-type"]?.hasPrefix("text/plain") == true)
        }
        let broken = ReadinessReport(obstacles: ["the database cannot be reached"], notes: ["store 'a': ok"])
        try await withServer(readiness: broken) { (base, _) async throws -> Void in
            let answer = try await send("\(base)/readyz")
            #expect(answer.status == 503)
            #expect(answer.body == "the database cannot be reached\nstore 'a': ok\n")
        }
        try await withServer(readiness: ReadinessReport(notes: ["store 'b': full"])) { (base, _) async throws -> Void in
            let answer = try await send("\(base)/readyz")
            #expect(answer.status == 200 && answer.body == "ok\nstore 'b': full\n")
        }
    }

    @Test("a connection past the bound waits until another ends")
    func connections() async throws {
        try await withServer({ $0.mostConnections = 1 }) { (base, _) async throws -> Void in
            let request = HTTPClientRequest(url: "\(base)/n/origin")
            @Sendable func isAnswered(by client: HTTPClient) async throws -> Bool {
                let response = try await client.execute(request, timeout: .seconds(600))
                _ = try await response.body.collect(upTo: 1000)
                return response.status == .ok
            }
            let isFirstGone = Flag()
            try await HTTPClient.withHTTPClient { (second) async throws -> Void in
                try await withThrowingTaskGroup(of: Bool.self) { (group) async throws -> Void in
                    try await HTTPClient.withHTTPClient { (first) async throws -> Void in
                        #expect(try await isAnswered(by: first))
                        group.addTask {
                            let isAnswered = try await isAnswered(by: second)
                            return isAnswered && isFirstGone.value
                        }
                        // The one that is open goes on being served.
                        for _ in 0..<3 { #expect(try await isAnswered(by: first)) }
                        isFirstGone.raise()
                    }
                    #expect(try await group.next() == true)
                }
            }
        }
    }

    @Test("forwarding headers count from trusted proxies only")
    func proxies() async throws {
        let forwarded = [
            "X-Forwarded-Proto": "https", "X-Forwarded-Host": "cloud.example", "X-Forwarded-For": "10.0.0.9",
        ]
        try await withServer { (base, _) async throws -> Void in
            #expect(try await send("\(base)/n/origin", "GET", forwarded).body.contains("127.0.0.1"))
        }
        try await withServer({ $0.trustedProxies = ["127.0.0.0/8"] }) { (base, _) async throws -> Void in
            // The client is no longer on loopback, so this endpoint's authenticator refuses it.
            #expect(try await send("\(base)/n/origin", "GET", forwarded).status == 401)
            let rfc = ["Forwarded": "for=127.0.0.1;proto=https;host=cloud.example"]
            #expect(try await send("\(base)/n/origin", "GET", rfc).status == 401)
            let host = ["X-Forwarded-Proto": "https", "X-Forwarded-Host": "cloud.example"]
            #expect(try await send("\(base)/n/origin", "GET", host).body == #"{"text":"https:\/\/cloud.example"}"#)
        }
    }

    @Test("OPTIONS without CORS succeeds and allows no origin, whatever the path")
    func options() async throws {
        try await withServer { (base, _) async throws -> Void in
            for path in ["/n/origin", "/nowhere"] {
                let asked = ["Origin": "https://console.example", "Access-Control-Request-Method": "GET"]
                for headers in [[:], asked] {
                    let answer = try await send(base + path, "OPTIONS", headers)
                    #expect(answer.status == 200 && answer.body.isEmpty)
                    #expect(answer.headers["allow"] == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
                    #expect(answer.headers["access-control-allow-origin"] == nil)
                }
            }
        }
    }

    @Test("CORS for the origins that are named")
    func cors() async throws {
        try await withServer({ $0.corsOrigins = ["https://console.example"] }) { (base, _) async throws -> Void in
            let asked = ["Origin": "https://console.example", "Access-Control-Request-Method": "GET"]
            let headers = ["Access-Control-Request-Headers": "X-Auth-Token, X-Evil"]
            let preflight = try await send("\(base)/n/origin", "OPTIONS", asked.merging(headers) { $1 })
            #expect(preflight.status == 200)
            #expect(preflight.headers["access-control-allow-origin"] == "https://console.example")
            #expect(preflight.headers["access-control-allow-headers"] == "X-Auth-Token")
            let foreign = ["Origin": "https://evil.example", "Access-Control-Request-Method": "GET"]
            let refused = try await send("\(base)/n/origin", "OPTIONS", foreign)
            #expect(refused.status == 200 && refused.headers["access-control-allow-origin"] == nil)
            let answer = try await send("\(base)/n/origin", "GET", ["Origin": "https://console.example"])
            #expect(answer.headers["access-control-allow-origin"] == "https://console.example")
            let other = try await send("\(base)/n/origin", "GET", ["Origin": "https://evil.example"])
            #expect(other.headers["access-control-allow-origin"] == nil)
        }
    }
}

private final class Flag: Sendable {
    private let state = Mutex(false)
    var value: Bool { state.withLock { $0 } }
    func raise() { state.withLock { $0 = true } }
}
