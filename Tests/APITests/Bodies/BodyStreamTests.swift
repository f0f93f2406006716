import API
import Foundation
import HTTPTypes
import Model
import NIOCore
import Synchronization
import Testing

/// Bodies that a handler reads as they arrive, over real connections.
@Suite struct BodyStreamTests {
    private let images = PlayedImages()

    private static func put(_ path: String, _ fields: String = "Transfer-Encoding: chunked\r\n") -> String {
        "PUT /image/v2/\(path) HTTP/1.1\r\nHost: a\r\nX-Auth-Token: member@p\r\n"
            + "Content-Type: application/octet-stream\r\n\(fields)\r\n"
    }

    private static func chunk(_ text: String) -> String {
        "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
    }

    /// What comes back until the end of the error's body; the connection may linger after it.
    private func refusal(_ port: Int, _ request: String) async throws -> String {
        try await RawConnection.run {
            let connection = try RawConnection(port: port)
            connection.send(request)
            return connection.read(until: "}]}")
        }
    }

    @Test func `the handler has the first piece before the client has sent the last`() async throws {
        try await PlayedServer.run([images.service]) { port in
            let connection = try RawConnection(port: port)
            var pieces = images.pieces.stream.makeAsyncIterator()
            connection.send(Self.put("file") + Self.chunk("abc"))
            #expect(await pieces.next() == 3)
            connection.send(Self.chunk("defgh"))
            #expect(await pieces.next() == 5)
            connection.send(
                "0\r\n\r\nGET /image/v2/file HTTP/1.1\r\nHost: a\r\nRange: bytes=0-3\r\nConnection: close\r\n\r\n")
            let answer = try await RawConnection.run { connection.readToEnd() }
            #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
            #expect(answer.contains(#"{"size":8}"#))
            #expect(answer.contains("HTTP/1.1 206 "), "the connection goes on: \(answer)")
        }
    }

    @Test(.timeLimit(.minutes(2))) func `a body is not read ahead of its handler`() async throws {
        try await PlayedServer.run([images.service]) { port in
            let whole = 24 << 20
            let piece = [UInt8](repeating: 0x61, count: 1 << 20)[...]
            let connection = try RawConnection(port: port)
            var pieces = images.pieces.stream.makeAsyncIterator()
            let (sent, answer) = try await RawConnection.run {
                connection.send(Self.put("held", "Content-Length: \(whole)\r\n"))
                connection.patience(milliseconds: 200)
                var sent = 0
                var stuckAt: Int?
                while sent < whole {
                    let count = connection.send(piece.prefix(whole - sent))
                    sent += count
                    if count < piece.count, sent < whole, stuckAt == nil {
                        stuckAt = sent
                        connection.patience(milliseconds: 0)
                        images.release.continuation.yield()
                    }
                }
                // One that read all of it at once waits still.
                if stuckAt == nil { images.release.continuation.yield() }
                return (stuckAt, connection.read(until: "}"))
            }
            #expect(await pieces.next() != nil)
            let held = try #require(sent, "everything was taken from the client while the handler held its first piece")
            #expect(held < whole)
            #expect(answer.hasSuffix(#"{"size":\#(whole)}"#), "\(answer)")
        }
    }

    @Test func `one byte more than the limit is refused in the middle, and ends the connection`() async throws {
        try await PlayedServer.run([images.service]) { port in
            let half = String(repeating: "x", count: PlayedImages.limit / 2)
            let answer = try await PlayedServer.exchange(
                port, Self.put("file") + Self.chunk(half) + Self.chunk(half) + Self.chunk("x") + "0\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
            #expect(answer.contains("larger than the \(PlayedImages.limit) bytes"))
            #expect(answer.lowercased().contains("connection: close"))
            var ends = images.ends.stream.makeAsyncIterator()
            #expect(await ends.next()?.contains("413") == true)
            let whole = try await PlayedServer.exchange(
                port,
                Self.put("file", "Transfer-Encoding: chunked\r\nConnection: close\r\n") + Self.chunk(half)
                    + Self.chunk(half) + "0\r\n\r\n")
            #expect(whole.contains(#"{"size":\#(PlayedImages.limit)}"#), "\(whole)")
        }
    }

    @Test func `a length beyond the limit is refused before anything is read`() async throws {
        try await PlayedServer.run([images.service]) { port in
            let answer = try await refusal(
                port, Self.put("file", "Content-Length: \(PlayedImages.limit + 1)\r\nExpect: 100-continue\r\n"))
            #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
            #expect(!answer.contains("100 Continue"))
            #expect(answer.lowercased().contains("connection: close"))
        }
    }

    @Test func `a body that breaks off is an error and not an end`() async throws {
        try await PlayedServer.run([images.service]) { port in
            var ends = images.ends.stream.makeAsyncIterator()
            for start in [Self.put("file", "Content-Length: 900\r\n") + "abc", Self.put("file") + Self.chunk("abc")] {
                let answer = try await RawConnection.run {
                    let connection = try RawConnection(port: port)
                    connection.send(start)
                    connection.finishSending()
                    return connection.readToEnd()
                }
                #expect(await ends.next()?.contains("broke off") == true)
                #expect(!answer.contains(" 200 "), "\(answer)")
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func `a client that leaves ends the reading of its body`() async throws {
        try await PlayedServer.run([images.service]) { port in
            var pieces = images.pieces.stream.makeAsyncIterator()
            var ends = images.ends.stream.makeAsyncIterator()
            do {
                let connection = try RawConnection(port: port)
                connection.send(Self.put("file", "Content-Length: 900\r\n") + "abc")
                #expect(await pieces.next() == 3)
            }
            let end = try #require(await ends.next())
            #expect(end.contains("broke off") || end.contains("Cancellation"), "\(end)")
        }
    }

    @Test func `data that its handler leaves unread ends the connection`() async throws {
        try await PlayedServer.run([images.service]) { port in
            let answer = try await refusal(port, Self.put("refused", "Content-Length: 100000\r\n") + "abc")
            #expect(answer.hasPrefix("HTTP/1.1 409 "), "\(answer)")
            #expect(answer.lowercased().contains("connection: close"))
            // Of an empty one nothing is left.
            let empty = try await PlayedServer.exchange(
                port,
                Self.put("refused", "Content-Length: 0\r\n")
                    + Self.put("refused", "Content-Length: 0\r\nConnection: close\r\n"))
            #expect(empty.components(separatedBy: "HTTP/1.1 409 ").count == 3, "the connection goes on: \(empty)")
        }
    }

    @Test func `a client that asks first is told to send when the handler reads`() async throws {
        try await PlayedServer.run([images.service]) { port in
            let answer = try await RawConnection.run {
                let connection = try RawConnection(port: port)
                connection.send(
                    Self.put("file", "Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n"))
                let invitation = connection.read(until: "\r\n\r\n")
                connection.send("hello")
                return invitation + connection.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 "), "\(answer)")
            #expect(answer.contains(#"{"size":5}"#))
        }
    }

    @Test func `a body that drips is answered 408`() async throws {
        let last = Mutex("")
        // On a machine that is busy the time can be over before the request has arrived.
        for time in [Duration.milliseconds(300), .seconds(3), .seconds(30)] {
            try await PlayedServer.run([images.service], { $0.arrivalTime = time }) { port in
                let answer = try await refusal(port, Self.put("file") + Self.chunk("abc"))
                last.withLock { $0 = answer }
            }
            if last.withLock({ $0.contains(" 200 ") }) { break }
        }
        let answer = last.withLock { $0 }
        #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
        #expect(answer.contains("fewer than 500 bytes a second"))
        #expect(answer.lowercased().contains("connection: close"))
    }

    /// A service whose only handler waits for `release` before it reads.
    private static func late(_ release: AsyncStream<Void>) -> API.Service {
        let endpoint = Endpoint(
            .put, "/late", "Upload data to a handler that reads late", body: .stream(.octetStream), access: .open,
            answers: .json(PlayedImages.Stored.self)
        ) { _, body in
            var waiting = release.makeAsyncIterator()
            await waiting.next()
            var size = 0
            for try await piece in body { size += piece.readableBytes }
            return try .json(PlayedImages.Stored(size: size))
        }
        return Service(
            name: "late", title: "Late", prefix: "/image/v2", family: AgentFamily(), endpoints: [endpoint],
            authenticator: PlayedAuthenticator(), authorizer: PlayedAuthorizer())
    }

    @Test(.timeLimit(.minutes(3)), arguments: [true, false])
    func `a handler that reads late costs its client nothing`(isAsked: Bool) async throws {
        let last = Mutex("")
        // On a machine that is busy the time can be over before the request has arrived.
        for time in [Duration.milliseconds(300), .seconds(3), .seconds(20)] {
            let release = AsyncStream.makeStream(of: Void.self)
            let change: @Sendable (inout ListenerConfiguration) -> Void = {
                $0.arrivalTime = time
                $0.idleTime = time * 2
            }
            try await PlayedServer.run([Self.late(release.stream)], change) { port in
                async let answer = RawConnection.run {
                    let connection = try RawConnection(port: port)
                    let count = isAsked ? 5 : 8 << 20
                    connection.send(
                        Self.put(
                            "late",
                            "Content-Length: \(count)\r\nConnection: close\r\n"
                                + (isAsked ? "Expect: 100-continue\r\n" : "")))
                    let invitation = isAsked ? connection.read(until: "\r\n\r\n") : ""
                    connection.send([UInt8](repeating: 1, count: count)[...])
                    return invitation + connection.readToEnd()
                }
                // Longer than any bound on what arrives, and than an idle connection lives.
                try await Task.sleep(for: time * 4)
                release.continuation.yield()
                let text = try await answer
                last.withLock { $0 = text }
            }
            if last.withLock({ $0.contains(" 200 ") }) { break }
        }
        let answer = last.withLock { $0 }
        #expect(answer.contains("HTTP/1.1 200 "), "\(answer)")
        #expect(answer.contains(isAsked ? #"{"size":5}"# : #"{"size":8388608}"#), "\(answer)")
    }

    @Test func `other media types are refused with those that are taken, after who asks is known`() async throws {
        let dispatcher = Dispatcher([images.service], logger: PlayedServer.logger)
        func answer(_ fields: HTTPFields) async throws -> (Int, String?, String) {
            let response = await dispatcher.respond(
                to: APIRequest(.put, "/image/v2/any", headers: fields, body: Array("{}".utf8)))
            return (
                response.status, response.headers[.accept], String(decoding: try await response.bytes(), as: UTF8.self)
            )
        }
        #expect(try await answer([.contentType: "application/json"]).0 == 401)
        for fields: HTTPFields in [
            [.authToken: "member@p", .contentType: "application/json"], [.authToken: "member@p"],
        ] {
            let (status, accepted, text) = try await answer(fields)
            #expect(status == 415)
            #expect(accepted == "application/octet-stream, text/plain")
            #expect(text.contains("use application/octet-stream, text/plain"), "\(text)")
        }
        let taken = try await answer([.authToken: "member@p", .contentType: "Text/Plain; charset=utf-8"])
        #expect(taken.0 == 200)
        #expect(taken.2 == #"{"size":2}"#)
    }
}
