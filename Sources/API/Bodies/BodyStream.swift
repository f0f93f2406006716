import Model
public import NIOCore

/// A body that its handler reads piece by piece as it arrives. What the handler does not ask for stays with the client, but
/// for a bound of some hundred kilobytes: the connection is not read ahead of the handler.
///
/// Can be iterated once. The iteration throws a `Fault` where the body is larger than the endpoint takes (413), comes too
/// slowly (408) or breaks off (400), and `CancellationError` where the client has left: a handler that ends without an
/// error has seen the whole body. The rest of a body that a handler leaves unread ends the connection.
public struct BodyStream: AsyncSequence, Sendable {
    public let mediaType: MediaType
    /// Bytes, as `Content-Length` says; nil where the body comes in chunks.
    public let length: Int?
    private let limit: Int?
    private let source: ArrivingBody

    init(_ source: ArrivingBody, mediaType: MediaType, limit: Int?) throws(Fault) {
        self.mediaType = mediaType
        self.source = source
        self.limit = limit
        length = source.length
        if let length, let limit, length > limit { throw Self.tooLarge(limit) }
    }

    public func makeAsyncIterator() -> Iterator { Iterator(source: source, limit: limit) }

    public struct Iterator: AsyncIteratorProtocol {
        let source: ArrivingBody
        let limit: Int?
        private var arrived = 0

        init(source: ArrivingBody, limit: Int?) {
            self.source = source
            self.limit = limit
        }

        public mutating func next() async throws -> ByteBuffer? {
            guard let piece = try await source.next() else { return nil }
            arrived += piece.readableBytes
            if let limit, arrived > limit { throw BodyStream.tooLarge(limit) }
            return piece
        }
    }

    static func tooLarge(_ limit: Int) -> Fault {
        Fault(.tooLarge, "The body is larger than the \(limit) bytes that are accepted.")
    }
}
