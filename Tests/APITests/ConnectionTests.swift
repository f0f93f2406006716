import API
import Foundation
import HTTPTypes
import Logging
import Model
import ServiceLifecycle
import Synchronization
import Testing

/// What one connection may ask of the server, byte by byte.
@Suite struct ConnectionTests {
    private struct Note: Codable, Sendable { var text: String }

    /// What the endpoint that waits has seen.
    private struct Waiting: Sendable {
        let begun = AsyncStream.makeStream(of: Void.self)
        let cancelled = AsyncStream.makeStream(of: Void.self)
    }

    private func withServer(
        _ change: (inout ListenerConfiguration) -> Void = { _ in },
        _ body: @Sendable (_ port: Int, _ waiting: Waiting) async throws -> Void
    ) async throws {
        var configuration = ListenerConfiguration(host: "127.0.0.1", port: 0, maximumBody: 1000, logsAccess: false)
        change(&configuration)
        let waiting = Waiting()
        let endpoints = [
            Endpoint(.get, "/hello", "Greet", access: .open, answers: .empty(200)) { call in
                try .json(Note(text: call.origin))
            },
            Endpoint(.post, "/notes", "Keep a note", body: Note.self, access: .open, answers: .json(Note.self)) {
                _, note in
                try .json(note)
            },
            Endpoint(.get, "/large", "Send much", access: .open, answers: .empty(200)) { _ in
                .json(bytes: Array(repeating: 0x61, count: 32 << 20))
            },
            Endpoint(.get, "/wait", "Wait for ever", access: .open, answers: .empty(200)) { _ in
                waiting.begun.continuation.yield()
                do {
                    try await Task.sleep(for: .seconds(3600))
                } catch {
                    waiting.cancelled.continuation.yield()
                    throw error
                }
                return .empty(200)
            },
        ]
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let dispatcher = Dispatcher(
            [
                Service(
                    name: "notes", title: "Notes", prefix: "/n", family: AgentFamily(), endpoints: endpoints,
                    authenticator: HTTPServerTests.Nobody(), authorizer: HTTPServerTests.Anything())
            ], logger: logger)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = HTTPServer(
            configuration, dispatcher: dispatcher, metrics: MetricsRegistry(), logger: logger,
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
                try await body(bound, waiting)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func exchange(_ port: Int, _ request: String) async throws -> String {
        try await RawConnection.run {
            let connection = try RawConnection(port: port)
            connection.send(request)
            return connection.readToEnd()
        }
    }

    @Test(
        "a request names its server exactly once",
        arguments: [
            ("", "no Host"), ("Host: a\r\nHost: a\r\n", "more than one Host"),
            ("Host: a\r\nhost: b\r\n", "more than one Host"),
            ("Host: a b\r\n", "not a name"), ("Host: a/b\r\n", "not a name"), ("Host: a:99999999\r\n", "not a name"),
            ("Host: user@a\r\n", "not a name"),
        ])
    func hosts(fields: String, complaint: String) async throws {
        try await withServer { port, _ in
            let answer = try await exchange(port, "GET /n/hello HTTP/1.1\r\n\(fields)Connection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            #expect(answer.contains(complaint), "\(answer)")
        }
    }

    @Test(
        "names and addresses of every form are heard",
        arguments: [
            "Host: a.example:7780", "Host: 127.0.0.1", "Host: [::1]:80", "Host:",
            "Kilonova-Host-Problem: missing\r\nHost: a",
        ])
    func goodHosts(field: String) async throws {
        try await withServer { port, _ in
            let answer = try await exchange(port, "GET /n/hello HTTP/1.1\r\n\(field)\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
        }
    }

    @Test("HTTP/1.0 needs no Host, and a wrong one among pipelined requests keeps its turn")
    func turns() async throws {
        try await withServer { port, _ in
            let old = try await exchange(port, "GET /n/hello HTTP/1.0\r\nConnection: close\r\n\r\n")
            #expect(old.contains(" 200 "), "\(old)")
            let three = try await exchange(
                port,
                "GET /n/hello HTTP/1.1\r\nHost: a\r\n\r\nGET /n/hello HTTP/1.1\r\n\r\n"
                    + "GET /n/hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let statuses = three.split(separator: "HTTP/1.1 ").compactMap {
                $0.split(separator: " ").first.flatMap { Int($0) }
            }
            #expect(statuses == [200, 400, 200], "\(three)")
        }
    }

    @Test("a connection ends after a body that was too large, said or found", arguments: [true, false])
    func tooLarge(isSaid: Bool) async throws {
        try await withServer { port, _ in
            let body = String(repeating: "x", count: 5000)
            let length = isSaid ? "Content-Length: 5000" : "Transfer-Encoding: chunked"
            let sent = isSaid ? body : "1388\r\n\(body)\r\n0\r\n\r\n"
            let answer = try await exchange(
                port,
                "POST /n/notes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\(length)\r\n\r\n\(sent)"
                    + "GET /n/hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
            #expect(answer.lowercased().contains("connection: close"))
            #expect(!answer.contains(" 200 "), "what followed was answered: \(answer)")
        }
    }

    @Test("one that is too large is refused by its length, before it comes")
    func refusedEarly() async throws {
        try await withServer { port, _ in
            let answer = try await exchange(
                port,
                "POST /n/notes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{")
            #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
        }
    }

    @Test("a body that drips is answered 408, and its connection ends", arguments: [true, false])
    func dripping(goesOn: Bool) async throws {
        try await withServer({ $0.arrivalTime = .milliseconds(300) }) { port, _ in
            let answer = try await RawConnection.run {
                let connection = try RawConnection(port: port)
                connection.send(
                    "POST /n/notes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
                )
                if goesOn {
                    for _ in 0..<40 {
                        connection.send(" ")
                        Thread.sleep(forTimeInterval: 0.02)
                    }
                }
                return connection.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
            #expect(answer.lowercased().contains("connection: close"))
        }
    }

    @Test("an answer that nobody reads ends its connection")
    func unread() async throws {
        try await withServer({ $0.readingTime = .milliseconds(50) }) { port, _ in
            let connection = try RawConnection(port: port)
            connection.send("GET /n/large HTTP/1.1\r\nHost: a\r\n\r\n")
            // What comes after the head is left alone until the server has given the connection up.
            _ = try await RawConnection.run { connection.read(until: "\r\n\r\n") }
            try await Task.sleep(for: .seconds(2))
            let rest = try await RawConnection.run { connection.readToEnd() }
            #expect(rest.utf8.count < 32 << 20)
        }
    }

    @Test("work for a client that left is given up", .timeLimit(.minutes(2)))
    func leaving() async throws {
        try await withServer { port, waiting in
            var begun = waiting.begun.stream.makeAsyncIterator()
            do {
                let connection = try RawConnection(port: port)
                connection.send("GET /n/wait HTTP/1.1\r\nHost: a\r\n\r\n")
                await begun.next()
                _ = connection
            }
            var cancelled = waiting.cancelled.stream.makeAsyncIterator()
            #expect(await cancelled.next() != nil)
        }
    }

    @Test("connections that only wait make room for others; one that is being answered stays", .timeLimit(.minutes(2)))
    func room() async throws {
        try await withServer({
            $0.mostConnections = 32
            $0.arrivalTime = .seconds(3600)
        }) { port, waiting in
            let busy = try RawConnection(port: port)
            busy.send("GET /n/wait HTTP/1.1\r\nHost: a\r\n\r\n")
            var begun = waiting.begun.stream.makeAsyncIterator()
            await begun.next()
            // More than the listener takes, each held by a body that never ends.
            let held = try await RawConnection.run {
                try (0..<40).map { _ in
                    let connection = try RawConnection(port: port)
                    connection.send(
                        "POST /n/notes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 900\r\n\r\n{")
                    return connection
                }
            }
            let answer = try await exchange(port, "GET /n/hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
            // The one that waited longest was closed, without an answer.
            let first = try #require(held.first)
            let end = try await RawConnection.run { first.readToEnd() }
            #expect(!end.contains(" 200 "), "\(end)")
            waiting.cancelled.continuation.finish()
            var cancelled = waiting.cancelled.stream.makeAsyncIterator()
            #expect(await cancelled.next() == nil, "the request that is being answered was given up")
            _ = busy
        }
    }

    @Test("a port that is taken is named, with the setting")
    func taken() async throws {
        try await withServer { port, _ in
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let second = HTTPServer(
                ListenerConfiguration(host: "127.0.0.1", port: port), dispatcher: Dispatcher([], logger: logger),
                metrics: MetricsRegistry(), logger: logger)
            let group = ServiceGroup(configuration: .init(services: [.init(service: second)], logger: logger))
            let fault = await #expect(throws: Fault.self) { try await group.run() }
            #expect(fault?.message.contains("127.0.0.1:\(port)") == true, "\(String(describing: fault))")
            #expect(fault?.message.contains("listen.address") == true)
        }
    }
}
