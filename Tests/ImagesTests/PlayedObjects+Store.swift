import Model
import ObjectStorage
import TestObjects
import Testing

@testable import Images

extension PlayedObjects {
    /// An image store in the played bucket, which does not wait between its tries.
    func store(prefix: String = "", partSize: Int = 100_000, needsMark: Bool = false) throws -> ObjectStore {
        let place = try #require(
            BucketPlace(address: address, bucket: Self.bucket, region: "somewhere", style: .path))
        let time = TimeSource({ Timestamp(microseconds: 1_795_219_649_834_118) }, pause: { _ in })
        let bucket = try ObjectBucket(
            place, ObjectCredentials(accessKey: Self.accessKey, secretKey: Secret(Self.secretKey)), time: time)
        return ObjectStore(bucket, host: address, prefix: prefix, partSize: partSize, needsMark: needsMark)
    }

    /// Without those that mark stores.
    var blobs: [String] { keys.filter { !$0.hasSuffix("store") } }
}
