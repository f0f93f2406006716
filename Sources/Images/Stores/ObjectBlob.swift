import NIOCore
import ObjectStorage

/// An object that is read in pieces. Who reads it is noted elsewhere, so that it is not removed meanwhile.
struct ObjectBlob: BlobReader {
    let bucket: ObjectBucket
    let key: ObjectKey

    func pieces(of range: Range<Int>) -> @Sendable () async throws -> ByteBuffer? {
        bucket.pieces(of: key, in: range)
    }
}
