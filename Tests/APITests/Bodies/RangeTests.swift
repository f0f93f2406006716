import FoundationEssentials
import HTTPTypes
import Model
import Synchronization
import Testing

@testable import API

/// Data that is sent: whole, in ranges, as fast as it is taken.
@Suite struct RangeTests {
    @Test(arguments: [
        ("bytes=0-4", 0..<5), ("bytes=995-", 995..<1000), ("bytes=-5", 995..<1000), ("bytes=-5000", 0..<1000),
        ("bytes=990-5000", 990..<1000), ("bytes=0-99999999999999999999", 0..<1000), ("Bytes = 0-0", 0..<1),
    ]) func `one range is understood`(field: String, range: Range<Int>) throws {
        #expect(try ByteRange(field, size: 1000) == .part(range))
    }

    @Test(arguments: [
        "bytes=1000-", "bytes=5-4", "bytes=-0", "bytes=", "bytes=a-b", "bytes=-", "lines=0-4", "bytes=--5",
    ])
    func `what is no range of the data is told its size`(field: String) throws {
        let fault = try #require(throws: Fault.self) { try ByteRange(field, size: 1000) }
        #expect(fault.kind.status == 416)
        #expect(fault.headers == [Fault.Header("Content-Range", "bytes */1000")])
    }

    @Test func `nothing has no ranges, and several are not sent`() throws {
        #expect(try ByteRange(nil, size: 0) == .whole)
        for field in ["bytes=0-", "bytes=-1"] {
            #expect(throws: Fault.self) { try ByteRange(field, size: 0) }
        }
        let several = try #require(throws: Fault.self) { try ByteRange("bytes=0-1,5-6", size: 1000) }
        #expect(several.kind == .badRequest)
    }

    private func get(
        _ path: String, _ headers: HTTPFields = [:], _ method: HTTPRequest.Method = .get
    ) async throws -> (response: APIResponse, bytes: [UInt8]) {
        let dispatcher = Dispatcher(
            [PlayedImages().service], logger: PlayedServer.logger,
            answers: AnswerCheck { Issue.record("\($0)") })
        let response = await dispatcher.respond(to: APIRequest(method, "/image/v2/\(path)", headers: headers))
        return (response, try await response.bytes())
    }

    @Test func `data is sent whole, with its length`() async throws {
        let (response, bytes) = try await get("file", [.accept: "text/plain"])
        #expect(response.status == 200)
        #expect(response.headers[.contentType] == "application/octet-stream")
        #expect(response.headers[.contentLength] == "1000")
        #expect(response.headers[.acceptRanges] == "bytes")
        #expect(bytes == (0..<1000).map(PlayedImages.byte))
    }

    @Test func `a range is sent with its place`() async throws {
        let (response, bytes) = try await get("file", [.range: "bytes=290-609"])
        #expect(response.status == 206)
        #expect(response.headers[.contentRange] == "bytes 290-609/1000")
        #expect(response.headers[.contentLength] == "320")
        #expect(bytes == (290..<610).map(PlayedImages.byte))
        let refused = try await get("file", [.range: "bytes=1000-"]).response
        #expect(refused.status == 416)
        #expect(refused.headers[.contentRange] == "bytes */1000")
    }

    @Test func `HEAD tells the length and data that ends early breaks off`() async throws {
        let images = PlayedImages()
        try await PlayedServer.run([images.service]) { port in
            let head = try await PlayedServer.exchange(
                port, "HEAD /image/v2/file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(head.lowercased().contains("content-length: 1000\r\n"), "\(head)")
            #expect(head.hasSuffix("\r\n\r\n"))
            let short = try await PlayedServer.exchange(port, "GET /image/v2/short HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(short.lowercased().contains("content-length: 1000\r\n"), "\(short)")
            #expect(short.unicodeScalars.count < 1000)
        }
    }

    @Test(.timeLimit(.minutes(2))) func `data is made as fast as the client takes it`() async throws {
        let images = PlayedImages()
        try await PlayedServer.run([images.service]) { port in
            do {
                let connection = try RawConnection(port: port)
                connection.send("GET /image/v2/large HTTP/1.1\r\nHost: a\r\n\r\n")
                let head = try await RawConnection.run { connection.read(until: "\r\n\r\n") }
                #expect(head.hasPrefix("HTTP/1.1 200 "))
            }
            // The client has left: nothing more is asked for.
            var dropped = images.dropped.stream.makeAsyncIterator()
            await dropped.next()
            #expect(images.asked.withLock { $0 } < PlayedImages.size >> 18)
        }
    }
}
