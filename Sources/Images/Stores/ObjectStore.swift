import Model
import NIOCore
import ObjectStorage

/// Blobs as objects of a bucket, each under the id of the upload that brought it:
///
///     store            the mark
///     blobs/UPLOAD     kept, never changed; before that, parts that nobody sees
///     drafts/UPLOAD    an upload whose data go under another name, while they do
///
/// The name of a blob ends in its upload's id, so that an object is made under its own key and is never copied.
struct ObjectStore: ImageStore {
    private let bucket: ObjectBucket
    private let host: String
    /// Empty, or with a slash at its end.
    private let prefix: String
    private let partSize: Int
    private let needsMark: Bool

    /// - Parameters:
    ///   - host: the store's address, for administrators
    ///   - prefix: before each key; empty, or with a slash at its end
    ///   - partSize: in bytes: what an upload holds in memory
    ///   - needsMark: whether a bucket without a mark is not the right one, and nothing is missing there
    public init(
        _ bucket: ObjectBucket, host: String, prefix: String = "", partSize: Int = 8 << 20, needsMark: Bool = false
    ) {
        self.bucket = bucket
        self.host = host
        self.prefix = prefix
        self.partSize = partSize
        self.needsMark = needsMark
    }

    public var type: String { "s3" }

    public var properties: [String: String] {
        [
            "s3_store_host": host, "s3_store_bucket": bucket.name,
            "s3_store_large_object_chunk_size": "\(partSize >> 20)",
        ]
    }

    public var outlivesRemoval: Bool { false }

    public func mark() async throws -> StoreMark? {
        try await bucket.check()
        guard let bytes = try await bucket.read(markKey) else { return nil }
        guard let mark = StoreMark(String(buffer: bytes).filter { !$0.isWhitespace }) else {
            throw Fault.badRequest(
                "The object '\(markKey)' in bucket '\(bucket.name)' is no mark of a store; name another prefix.")
        }
        return mark
    }

    public func leave(_ mark: StoreMark) async throws {
        try await bucket.write(ByteBuffer(string: "\(mark)\n"), to: markKey)
    }

    public func probe() async throws {
        if needsMark {
            guard try await bucket.read(markKey) != nil else { throw anotherBucket }
        } else {
            try await bucket.check()
        }
        try await bucket.probe(key(of: Self.probing))
    }

    /// No upload's id. What a probe leaves behind, the sweeper removes as it does a dead upload's data.
    private static let probing: UploadID = {
        guard let id = UploadID("00000000-0000-4000-8000-000000000000") else { preconditionFailure("no id") }
        return id
    }()

    private var anotherBucket: Fault {
        .unavailable(
            "The image storage media cannot be used at the moment.",
            context: "'\(markKey)' is missing in bucket '\(bucket.name)': it is not the bucket that it was")
    }

    public func begin(_ upload: UploadID) async throws -> any BlobDraft {
        ObjectDraft(
            try await PartedWriter(bucket, key(of: upload), partSize: partSize), bucket, key: key(of: upload),
            marker: marker(of: upload)
        ) { blob in key(of: blob) }
    }

    public func open(_ blob: BlobName, size: Int) async throws -> (any BlobReader)? {
        let key = key(of: blob)
        if try await bucket.size(of: key) == size { return ObjectBlob(bucket: bucket, key: key) }
        if needsMark, try await bucket.read(markKey) == nil { throw anotherBucket }
        return nil
    }

    public func address(of blob: BlobName) -> String { "s3://\(bucket.name)/\(key(of: blob))" }

    public func link(to blob: BlobName, lifetime: Duration) -> String? {
        bucket.link(to: key(of: blob), lifetime: lifetime)
    }

    public func remove(_ blob: BlobName) async throws { try await bucket.remove(key(of: blob)) }

    public func drafts() async throws -> [UploadID] {
        let keys =
            try await bucket.parted(under: "\(prefix)blobs/").map(\.key)
            + bucket.keys(under: "\(prefix)drafts/")
        return Array(Set(keys.compactMap { key in UploadID(Self.tail(of: key.text, after: "/")) })).sorted()
    }

    public func discard(_ upload: UploadID) async throws {
        let key = key(of: upload)
        for parted in try await bucket.parted(under: key.text) where parted.key == key {
            try await bucket.abort(parted)
        }
        // Only then was the object never the upload's own blob.
        guard try await bucket.size(of: marker(of: upload)) != nil else { return }
        try await bucket.remove(key)
        try await bucket.remove(marker(of: upload))
    }

    private var markKey: ObjectKey { ObjectKey("\(prefix)store") }
    private func key(of upload: UploadID) -> ObjectKey { ObjectKey("\(prefix)blobs/\(upload)") }
    private func marker(of upload: UploadID) -> ObjectKey { ObjectKey("\(prefix)drafts/\(upload)") }

    private func key(of blob: BlobName) -> ObjectKey {
        ObjectKey("\(prefix)blobs/\(Self.tail(of: blob.text, after: "."))")
    }

    private static func tail(of text: String, after mark: Character) -> String {
        text.lastIndex(of: mark).map { String(text[text.index(after: $0)...]) } ?? text
    }
}
