import AsyncHTTPClient
import Model
import NIOCore
import NIOHTTP1
import Synchronization
import TestObjects
import Testing

@testable import ObjectStorage

/// A bucket over real HTTP. The played store checks every signature and checksum itself.
@Suite struct ObjectBucketTests {
    /// Notes pauses instead of making them.
    final class Pauses: Sendable {
        private let noted = Mutex<[Duration]>([])
        var all: [Duration] { noted.withLock { $0 } }
        var source: TimeSource {
            TimeSource(
                { Timestamp(microseconds: 1_795_219_649_834_118) },
                pause: { [self] span in noted.withLock { $0.append(span) } })
        }
    }

    private static let bytes: [UInt8] = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    private func bucket(
        _ objects: PlayedObjects, _ pauses: Pauses = Pauses(), checksum: PartChecksum = .md5,
        secret: String = PlayedObjects.secretKey, name: String = PlayedObjects.bucket
    ) throws -> ObjectBucket {
        let place = try #require(
            BucketPlace(address: objects.address, bucket: name, region: "somewhere", style: .path))
        return try ObjectBucket(
            place, ObjectCredentials(accessKey: PlayedObjects.accessKey, secretKey: Secret(secret)), checksum: checksum,
            time: pauses.source, chance: { 1 })
    }

    private func read(_ bucket: ObjectBucket, _ key: ObjectKey, _ range: Range<Int>) async throws -> [UInt8] {
        let next = bucket.pieces(of: key, in: range)
        var bytes: [UInt8] = []
        while let piece = try await next() { bytes += piece.readableBytesView }
        return bytes
    }

    @Test(arguments: PartChecksum.allCases) func `an object comes in parts and is read by range`(
        checksum: PartChecksum
    ) async throws {
        try await PlayedObjects.run { objects in
            let bucket = try bucket(objects, checksum: checksum)
            try await bucket.check()
            let writer = try await PartedWriter(bucket, "a/b c+d", partSize: 100_000)
            try await writer.append(ByteBuffer(bytes: Self.bytes.prefix(250_000)))
            #expect(objects.keys.isEmpty && objects.uploads == 1)
            try await writer.append(ByteBuffer(bytes: Self.bytes.dropFirst(250_000)))
            #expect(await writer.count == Self.bytes.count)
            try await writer.complete()
            #expect(objects["a/b c+d"] == Self.bytes && objects.uploads == 0)
            #expect(objects.requests.count { $0.parameter("partNumber") != nil } == 3)
            #expect(try await bucket.size(of: "a/b c+d") == Self.bytes.count)
            #expect(try await read(bucket, "a/b c+d", 0..<Self.bytes.count) == Self.bytes)
            #expect(try await read(bucket, "a/b c+d", 99_999..<200_001) == Array(Self.bytes[99_999..<200_001]))
            #expect(try await read(bucket, "a/b c+d", 7..<7) == [])
            try await bucket.copy("a/b c+d", to: "e", size: Self.bytes.count)
            #expect(objects["e"] == Self.bytes)
            try await bucket.remove("e")
            try await bucket.remove("e")
            #expect(objects.keys == ["a/b c+d"])
            #expect(try await bucket.size(of: "e") == nil)
        }
    }

    @Test func `an object without bytes is one`() async throws {
        try await PlayedObjects.run { objects in
            let bucket = try bucket(objects)
            try await PartedWriter(bucket, "empty", partSize: 100).complete()
            #expect(objects["empty"] == [])
            #expect(try await read(bucket, "empty", 0..<0) == [])
            try await bucket.copy("empty", to: "other", size: 0)
            #expect(objects["other"] == [])
        }
    }

    @Test func `lists have every page`() async throws {
        try await PlayedObjects.run { objects in
            let bucket = try bucket(objects)
            for number in 1...5 {
                objects["x/\(number)"] = [1]
                _ = try await bucket.begin(ObjectKey("y/\(number)"))
            }
            _ = try await bucket.begin("z")
            objects["w"] = [1]
            #expect(try await bucket.keys(under: "x/").map(\.text) == (1...5).map { "x/\($0)" })
            let parted = try await bucket.parted(under: "y/")
            #expect(parted.map(\.key.text) == (1...5).map { "y/\($0)" })
            for one in parted {
                try await bucket.abort(one)
                try await bucket.abort(one)
            }
            #expect(objects.uploads == 1)
        }
    }

    @Test(
        arguments: [
            .status(503, code: "SlowDown"), .status(500, code: "InternalError"), .status(400, code: "RequestTimeout"),
            .status(429, code: "TooManyRequests"), .lostResponse,
        ] as [PlayedMishap]) func `what passes is tried again, later each time`(mishap: PlayedMishap) async throws
    {
        try await PlayedObjects.run { objects in
            let pauses = Pauses()
            let bucket = try bucket(objects, pauses)
            objects.mishaps(mishap, mishap, to: { $0.method == "PUT" })
            let writer = try await PartedWriter(bucket, "a", partSize: 1000)
            try await writer.append(ByteBuffer(bytes: [1, 2, 3]))
            try await writer.complete()
            #expect(objects["a"] == [1, 2, 3])
            #expect(pauses.all == [.milliseconds(250), .milliseconds(500)])
            // A response that is lost leaves the object complete, which is found.
            objects.mishaps(mishap, to: { $0.method == "POST" && $0.parameter("uploadId") != nil })
            let second = try await PartedWriter(bucket, "b", partSize: 1000)
            try await second.complete()
            #expect(objects["b"] == [])
        }
    }

    @Test func `a store that goes on failing is given up, with what an operator needs in the context`() async throws {
        try await PlayedObjects.run { objects in
            let pauses = Pauses()
            let bucket = try bucket(objects, pauses)
            objects.mishap { _ in .status(503, code: "SlowDown") }
            let fault = await #expect(throws: Fault.self) { try await bucket.size(of: "a") }
            #expect(fault?.kind == .unavailable && pauses.all.count == 4)
            #expect(fault?.message == "The object store cannot be used at the moment; try again later.")
            #expect(fault?.context?.contains("503") == true && fault?.context?.contains("HEAD") == true)
        }
    }

    @Test func `settings that cannot be right are told in words, at once`() async throws {
        try await PlayedObjects.run { objects in
            let pauses = Pauses()
            let stranger = try bucket(objects, pauses, secret: "wrong")
            let refused = await #expect(throws: Fault.self) { try await stranger.check() }
            #expect(refused?.kind == .badRequest && refused?.message.contains("refuses the access key") == true)
            let elsewhere = try bucket(objects, pauses, name: "nowhere")
            let missing = await #expect(throws: Fault.self) { try await elsewhere.check() }
            #expect(missing?.message.contains("the bucket 'nowhere' is not there") == true)
            let read = await #expect(throws: Fault.self) { try await elsewhere.read("a") }
            #expect(read?.kind == .unavailable)
            let fault = await #expect(throws: Fault.self) { try await stranger.write(ByteBuffer(), to: "a") }
            #expect(fault?.debugDescription.contains("SignatureDoesNotMatch") == true)
            #expect(fault?.debugDescription.contains("wrong") == false && pauses.all.isEmpty)
            objects.mishap { _ in .status(507, code: "XMinioStorageFull") }
            let full = await #expect(throws: Fault.self) { try await elsewhere.write(ByteBuffer(), to: "a") }
            #expect(full?.kind == .tooLarge)
        }
    }

    @Test func `a download that breaks goes on where it broke`() async throws {
        try await PlayedObjects.run { objects in
            let pauses = Pauses()
            let bucket = try bucket(objects, pauses)
            objects["a"] = Self.bytes
            objects.mishaps(
                .cut(after: 100_000), .status(503, code: "SlowDown"), .cut(after: 1), to: { $0.method == "GET" })
            #expect(try await read(bucket, "a", 10..<Self.bytes.count) == Array(Self.bytes.dropFirst(10)))
            let ranges = objects.requests.compactMap { $0.headers["range"] }
            #expect(ranges.count == 4 && ranges.first == "bytes=10-299999", "\(ranges)")
            #expect(objects.requests.last?.headers["if-match"] != nil)
        }
    }

    @Test func `a download of what changed meanwhile ends`() async throws {
        try await PlayedObjects.run { objects in
            let bucket = try bucket(objects)
            objects["a"] = Self.bytes
            objects.mishap { $0.headers["range"] == "bytes=0-299999" ? .cut(after: 100_000) : nil }
            let next = bucket.pieces(of: "a", in: 0..<Self.bytes.count)
            await #expect(throws: Fault.self) {
                while try await next() != nil { objects["a"] = Self.bytes.reversed() }
            }
        }
    }

    @Test func `nothing is read ahead of who reads`() async throws {
        try await PlayedObjects.run { objects in
            let bucket = try bucket(objects)
            objects["a"] = [UInt8](repeating: 7, count: 64 << 20)
            do {
                let next = bucket.pieces(of: "a", in: 0..<64 << 20)
                let piece = try await next()
                #expect((piece?.readableBytes ?? 0) > 0)
            }
            // Whoever leaves has not had the store send the rest.
            await objects.waitForAbandonment()
        }
    }

    @Test func `a part that is not what was sent is sent again, and then given up`() async throws {
        try await PlayedObjects.run { objects in
            let pauses = Pauses()
            let bucket = try bucket(objects, pauses)
            objects.mishaps(.wrongTag, .status(400, code: "BadDigest"), to: { $0.method == "PUT" })
            let writer = try await PartedWriter(bucket, "a", partSize: 1000)
            try await writer.append(ByteBuffer(bytes: [1]))
            try await writer.complete()
            #expect(objects["a"] == [1] && pauses.all.count == 2)
            objects.mishap { $0.method == "PUT" ? .wrongTag : nil }
            let second = try await PartedWriter(bucket, "b", partSize: 1000)
            let fault = await #expect(throws: Fault.self) { try await second.complete() }
            #expect(fault?.context?.contains("other bytes of part 1") == true)
            try await second.abort()
            #expect(objects.keys == ["a"] && objects.uploads == 0)
        }
    }

    @Test func `an error that comes after the status is one`() async throws {
        try await PlayedObjects.run { objects in
            let bucket = try bucket(objects)
            objects.mishaps(.lateError, to: { $0.method == "POST" && $0.parameter("uploadId") != nil })
            let writer = try await PartedWriter(bucket, "a", partSize: 1000)
            try await writer.append(ByteBuffer(bytes: [1]))
            try await writer.complete()
            #expect(objects["a"] == [1])
        }
    }

    @Test func `a link needs no keys`() async throws {
        try await PlayedObjects.run { objects in
            let bucket = try bucket(objects)
            objects["a/b"] = [1, 2, 3]
            let link = bucket.link(to: "a/b", lifetime: .seconds(60))
            #expect(link.contains("X-Amz-Expires=60") && !link.contains(PlayedObjects.secretKey))
            let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: link), timeout: .seconds(60))
            let body = try await response.body.collect(upTo: 100)
            #expect(response.status.code == 200 && Array(body.readableBytesView) == [1, 2, 3])
            let other = HTTPClientRequest(url: link.replacing("a/b", with: "a/c"))
            #expect(try await HTTPClient.shared.execute(other, timeout: .seconds(60)).status.code == 403)
            #expect(bucket.link(to: "a/b", lifetime: .seconds(1 << 30)).contains("X-Amz-Expires=604800"))
        }
    }

    @Test func `a CA file that cannot be read is told by its name`() throws {
        let place = try #require(
            BucketPlace(address: "https://127.0.0.1", bucket: "images", region: "r", style: .path))
        let fault = #expect(throws: Fault.self) {
            try ObjectBucket(
                place, ObjectCredentials(accessKey: "a", secretKey: Secret("b")), caFile: "/nowhere/ca.pem")
        }
        #expect(fault?.message.contains("/nowhere/ca.pem") == true)
    }
}
