import NIOCore
import ObjectStorage

/// An object on its way. One at a time calls it, in order.
struct ObjectDraft: BlobDraft {
    private let writer: PartedWriter
    private let bucket: ObjectBucket
    private let key: ObjectKey
    private let marker: ObjectKey
    private let place: @Sendable (BlobName) -> ObjectKey

    /// - Parameters:
    ///   - key: where the parts go
    ///   - marker: where is noted that the data go to another key
    ///   - place: where a blob goes
    init(
        _ writer: PartedWriter, _ bucket: ObjectBucket, key: ObjectKey, marker: ObjectKey,
        place: @escaping @Sendable (BlobName) -> ObjectKey
    ) {
        self.writer = writer
        self.bucket = bucket
        self.key = key
        self.marker = marker
        self.place = place
    }

    func append(_ bytes: ByteBuffer) async throws { try await writer.append(bytes) }

    func keep(as blob: BlobName) async throws {
        let target = place(blob)
        guard target != key else { return try await writer.complete() }
        let size = await writer.count
        // The name is that of equal data, which are there.
        if try await bucket.size(of: target) == size { return try await writer.abort() }
        // They should be there and are not: they are again. The marker says that the object at `key` is no blob.
        try await bucket.write(ByteBuffer(), to: marker)
        try await writer.complete()
        try await bucket.copy(key, to: target, size: size)
        try await bucket.remove(key)
        try await bucket.remove(marker)
    }

    func discard() async {
        // What cannot be removed now, the sweeper removes.
        try? await writer.abort()
    }
}
