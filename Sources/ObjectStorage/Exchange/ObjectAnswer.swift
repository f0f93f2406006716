import NIOCore
import NIOHTTP1

/// What a store responded, whole.
struct ObjectAnswer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: ByteBuffer

    /// Nil where the body is none.
    var document: MarkupDocument? { MarkupDocument(body.readableBytesView) }

    /// The store's name for the content, without quotation marks.
    var entityTag: String? { headers.first(name: "ETag").map { $0.filter { $0 != "\"" } } }
}
