import API
import Foundation
import HTTPTypes
import Model
import NIOCore
import Synchronization
import Testing

/// Data of files, which the kernel sends.
@Suite struct FileRegionTests {
    private static let count = 300_000
    private static func text(_ range: Range<Int>) -> String {
        String(decoding: range.map { UInt8(0x41 + $0 % 23) }, as: UTF8.self)
    }

    /// A service whose data nobody can read as pieces.
    private static func service(_ handle: NIOFileHandle, breaksAt limit: Int = .max) -> Service {
        let endpoint = Endpoint(
            .get, "/file", "Download a file", access: .open, answers: .data(.octetStream),
            .data(.octetStream, status: 206), faults: [.rangeNotSatisfiable]
        ) { call in
            try await .data(
                call, size: count,
                reading: { _ in
                    {
                        Issue.record("the data were read into the process")
                        return nil
                    }
                },
                regions: { range in
                    let next = Mutex(range.lowerBound)
                    return {
                        try next.withLock { next in
                            guard next < range.upperBound else { return nil }
                            guard next < limit else { throw Fault.unavailable("The disk is gone.") }
                            let start = next
                            next = min(next + 70_000, range.upperBound)
                            return FileRegion(fileHandle: handle, readerIndex: start, endIndex: next)
                        }
                    }
                })
        }
        return Service(
            name: "played-files", title: "Played Files", prefix: "/files", family: AgentFamily(), endpoints: [endpoint],
            authenticator: PlayedAuthenticator(), authorizer: PlayedAuthorizer())
    }

    private static func open(_ path: String) throws -> NIOFileHandle { try NIOFileHandle(_deprecatedPath: path) }

    private func withFile(_ body: (NIOFileHandle) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "regions-\(UUID())").path
        try Data(Self.text(0..<Self.count).utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let handle = try Self.open(path)
        defer { try? handle.close() }
        try await body(handle)
    }

    @Test func `regions come whole and in their turn, and the connection goes on`() async throws {
        try await withFile { handle in
            try await PlayedServer.run([Self.service(handle)]) { port in
                let range = "GET /files/file HTTP/1.1\r\nHost: a\r\nRange: bytes=69990-140009\r\n"
                let answer = try await PlayedServer.exchange(
                    port, "GET /files/file HTTP/1.1\r\nHost: a\r\n\r\n\(range)Connection: close\r\n\r\n")
                let parts = answer.components(separatedBy: "\r\n\r\n")
                #expect(parts[0].hasPrefix("HTTP/1.1 200 "), "\(parts.map { $0.prefix(100) })")
                try #require(parts.count == 3)
                #expect(parts[1].prefix(Self.count) == Self.text(0..<Self.count))
                #expect(parts[1].dropFirst(Self.count).hasPrefix("HTTP/1.1 206 "))
                #expect(parts[1].contains("bytes 69990-140009/300000"))
                #expect(parts[2] == Self.text(69_990..<140_010))
            }
        }
    }

    @Test func `data that cannot be read further break off`() async throws {
        try await withFile { handle in
            try await PlayedServer.run([Self.service(handle, breaksAt: 70_000)]) { port in
                let answer = try await PlayedServer.exchange(port, "GET /files/file HTTP/1.1\r\nHost: a\r\n\r\n")
                let parts = answer.components(separatedBy: "\r\n\r\n")
                #expect(parts[0].contains("300000"))
                #expect(parts.count == 2 && parts[1] == Self.text(0..<70_000))
            }
        }
    }
}
