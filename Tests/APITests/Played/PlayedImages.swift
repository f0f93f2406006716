import API
import HTTPTypes
import Model
import NIOCore
import Synchronization

/// A small service as Images will be: data that is uploaded and downloaded, documents of changes.
final class PlayedImages: Sendable {
    struct Stored: Codable, Sendable, Equatable { var size: Int }

    static let oldPatch: MediaType = "application/openstack-images-v2.0-json-patch"
    static let newPatch: MediaType = "application/openstack-images-v2.1-json-patch"
    static let limit = 1_000_000
    /// What a download has: as many bytes as this, each the low byte of its place.
    static let size = 64 << 20

    /// The pieces of an upload as the handler took them.
    let pieces = AsyncStream.makeStream(of: Int.self)
    /// How uploads ended: bytes, or what was thrown.
    let ends = AsyncStream.makeStream(of: String.self)
    /// Lets the handler of `/held` go on from its first piece.
    let release = AsyncStream.makeStream(of: Void.self)
    /// Pieces of a download that were asked for, and a note when nobody will ask for more.
    let asked = Mutex(0)
    let dropped = AsyncStream.makeStream(of: Void.self)

    var service: Service {
        Service(
            name: "played-images", title: "Played Images", prefix: "/image/v2", family: AgentFamily(),
            endpoints: uploads + [patch] + downloads, authenticator: PlayedAuthenticator(),
            authorizer: PlayedAuthorizer())
    }

    private var uploads: [Endpoint] {
        [
            Endpoint(
                .put, "/file", "Upload data", body: .stream(.octetStream, limit: Self.limit), access: .open,
                answers: .json(Stored.self)
            ) { _, body in
                try await self.noting { try await self.take(body) }
            },
            Endpoint(
                .put, "/any", "Upload data of any size", body: .stream(.octetStream, "text/plain"),
                access: .authenticated,
                answers: .json(Stored.self)
            ) { _, body in
                try await self.noting { try await self.take(body) }
            },
            Endpoint(
                .put, "/held", "Upload data to a slow handler", body: .stream(.octetStream), access: .open,
                answers: .json(Stored.self)
            ) { _, body in
                var size = 0
                for try await piece in body {
                    if size == 0 {
                        self.pieces.continuation.yield(piece.readableBytes)
                        var waiting = self.release.stream.makeAsyncIterator()
                        await waiting.next()
                    }
                    size += piece.readableBytes
                }
                return try .json(Stored(size: size))
            },
            Endpoint(
                .put, "/refused", "Refuse data unread", body: .stream(.octetStream), access: .open,
                answers: .json(Stored.self), faults: [.conflict]
            ) { _, _ in throw Fault.conflict("The image has its data already.") },
        ]
    }

    private var patch: Endpoint {
        let operation = ObjectSchema([
            .init("op", .oneOfTexts(["add", "remove", "replace"])), .init("path", .string),
            .init("value", .any, required: false),
        ])
        return Endpoint(
            .patch, "/image", "Change an image",
            body: .patch([
                Self.newPatch: .array(.object(operation)),
                Self.oldPatch: .array(.object(ObjectSchema([.init("replace", .string), .init("value", .any)]))),
            ]), access: .open, answers: .json(Stored.self)
        ) { (_: Call, document: PatchDocument) in
            guard case .array(let operations) = document.value else { throw Fault.badRequest("no list") }
            let factor = document.mediaType == Self.newPatch ? 1 : 100
            return try .json(Stored(size: operations.count * factor))
        }
    }

    private var downloads: [Endpoint] {
        [
            Endpoint(
                .get, "/file", "Download data", access: .open, answers: .data(.octetStream),
                .data(.octetStream, status: 206),
                faults: [.rangeNotSatisfiable]
            ) { call in
                try await .data(call, size: 1000) { range in
                    Self.pieces(of: range, most: 300)
                }
            },
            Endpoint(.get, "/large", "Download much", access: .open, answers: .data(.octetStream)) { call in
                let end = Note { self.dropped.continuation.yield() }
                return try await .data(call, size: Self.size) { range in
                    let next = Self.pieces(of: range, most: 1 << 18)
                    return {
                        _ = end
                        self.asked.withLock { $0 += 1 }
                        return try await next()
                    }
                }
            },
            Endpoint(.get, "/short", "Break off", access: .open, answers: .data(.octetStream)) { call in
                try await .data(call, size: 1000) { range in
                    Self.pieces(of: 0..<range.count / 2, most: 300)
                }
            },
        ]
    }

    private func take(_ body: BodyStream) async throws -> Int {
        var size = 0
        for try await piece in body {
            size += piece.readableBytes
            pieces.continuation.yield(piece.readableBytes)
        }
        return size
    }

    private func noting(_ work: () async throws -> Int) async throws -> Reply {
        do {
            let size = try await work()
            ends.continuation.yield("\(size) bytes")
            return try .json(Stored(size: size))
        } catch {
            ends.continuation.yield("\(error)")
            throw error
        }
    }

    static func byte(_ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: place) }

    private static func pieces(of range: Range<Int>, most: Int) -> @Sendable () async throws -> ByteBuffer? {
        let place = Place(range.lowerBound)
        return {
            let from = place.advance(by: most, to: range.upperBound)
            return from.isEmpty ? nil : ByteBuffer(bytes: from.map(byte))
        }
    }

    private final class Place: Sendable {
        private let place: Mutex<Int>
        init(_ place: Int) { self.place = Mutex(place) }

        func advance(by most: Int, to end: Int) -> Range<Int> {
            place.withLock { place in
                let range = place..<min(place + most, end)
                place = range.upperBound
                return range
            }
        }
    }

    /// Tells when nobody holds it any more.
    private final class Note: Sendable {
        private let tell: @Sendable () -> Void
        init(_ tell: @escaping @Sendable () -> Void) { self.tell = tell }
        deinit { tell() }
    }
}
