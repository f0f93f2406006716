public import Model
public import NIOCore
import NIOPosix

/// Writes one object whose size nobody knows in advance, in parts, and holds one part in memory at most. One at a time calls it, in order.
public actor PartedWriter {
    private let bucket: ObjectBucket
    private let parted: ObjectBucket.Parted
    private let sizes: PartSizes
    private var part = ByteBuffer()
    private var parts: [ObjectBucket.Part] = []
    private var size = 0

    /// Begins the object `key`.
    ///
    /// - Parameter partSize: in bytes; larger after 2,000 parts
    public init(_ bucket: ObjectBucket, _ key: ObjectKey, partSize: Int) async throws {
        self.bucket = bucket
        parted = try await bucket.begin(key)
        sizes = PartSizes(first: partSize)
    }

    /// Returns when no more than a part is left in memory. Throws 413 where the object has as many parts as a store takes.
    public func append(_ bytes: ByteBuffer) async throws {
        var rest = bytes
        while rest.readableBytes > 0 {
            let room = sizes.size(of: parts.count + 1) - part.readableBytes
            if var some = rest.readSlice(length: min(room, rest.readableBytes)) { part.writeBuffer(&some) }
            if part.readableBytes == sizes.size(of: parts.count + 1) { try await send() }
        }
    }

    /// Makes the object, which is there when this returns.
    public func complete() async throws {
        // An object without bytes is one part without bytes.
        if part.readableBytes > 0 || parts.isEmpty { try await send() }
        try await bucket.complete(parted, parts, size: size)
    }

    /// Bytes that came.
    public var count: Int { size + part.readableBytes }

    /// Drops what was sent.
    public func abort() async throws {
        part = ByteBuffer()
        try await bucket.abort(parted)
    }

    private func send() async throws {
        guard parts.count < PartSizes.mostParts else {
            throw Fault(
                .tooLarge, "The data are larger than an object of this store can be: \(size) bytes came.")
        }
        let bytes = part
        part = ByteBuffer()
        let digest = try await NIOThreadPool.singleton.runIfActive { PartDigest(of: bytes) }
        parts.append(try await bucket.send(bytes, digest, as: parts.count + 1, of: parted))
        size += bytes.readableBytes
    }
}
