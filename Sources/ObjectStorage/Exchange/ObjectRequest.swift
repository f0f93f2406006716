import NIOCore
import NIOHTTP1

/// A request to a bucket, before it is signed.
struct ObjectRequest: Sendable {
    let method: HTTPMethod
    /// Nil is the bucket itself.
    let key: ObjectKey?
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    /// Empty for a request without a body.
    var body = ByteBuffer()
    /// Of the body, in hexadecimal digits, where it is known already.
    var digest: String?

    init(_ method: HTTPMethod, _ key: ObjectKey?) {
        self.method = method
        self.key = key
    }

    /// For logs, without the query.
    func place(in bucket: BucketPlace) -> String { "\(method.rawValue) \(bucket.host)\(bucket.path(key))" }
}
