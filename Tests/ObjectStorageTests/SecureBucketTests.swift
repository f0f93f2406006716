import Foundation
import Model
import NIOCore
import TestObjects
import Testing

@testable import ObjectStorage

/// A bucket over TLS, whose certificate only the operator's file vouches for.
@Suite struct SecureBucketTests {
    private static func file(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/tls/\(name)").path
    }

    private func run(_ body: (PlayedObjects) async throws -> Void) async throws {
        try await PlayedObjects.run(tls: (Self.file("server.pem"), Self.file("server-key.pem")), body)
    }

    private func bucket(_ objects: PlayedObjects, _ caFile: String?) throws -> ObjectBucket {
        let place = try #require(
            BucketPlace(address: objects.address, bucket: PlayedObjects.bucket, region: "somewhere", style: .path))
        return try ObjectBucket(
            place,
            ObjectCredentials(accessKey: PlayedObjects.accessKey, secretKey: Secret(PlayedObjects.secretKey)),
            caFile: caFile,
            time: TimeSource({ Timestamp(microseconds: 1_795_219_649_834_118) }, pause: { _ in }), chance: { 1 })
    }

    @Test func `the authority of the file is trusted`() async throws {
        try await run { objects in
            let bucket = try bucket(objects, Self.file("authority.pem"))
            try await bucket.check()
            let writer = try await PartedWriter(bucket, "a", partSize: 4)
            try await writer.append(ByteBuffer(bytes: [1, 2, 3, 4, 5, 6]))
            try await writer.complete()
            #expect(objects["a"] == [1, 2, 3, 4, 5, 6])
            let next = bucket.pieces(of: "a", in: 1..<5)
            var bytes: [UInt8] = []
            while let piece = try await next() { bytes += piece.readableBytesView }
            #expect(bytes == [2, 3, 4, 5])
        }
    }

    @Test(arguments: ["stranger.pem", nil]) func `no other is, nor those of the system`(name: String?) async throws {
        try await run { objects in
            let bucket = try bucket(objects, name.map(Self.file))
            await #expect(throws: (any Error).self) { try await bucket.check() }
            #expect(objects.requests.isEmpty)
        }
    }

    @Test func `a file that holds no certificate is named`() async throws {
        try await run { objects in
            for name in ["make.sh", "missing.pem"] {
                let fault = #expect(throws: Fault.self) { try bucket(objects, Self.file(name)) }
                #expect(fault?.message.contains(name) == true)
            }
        }
    }
}
