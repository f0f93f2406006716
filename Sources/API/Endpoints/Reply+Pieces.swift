public import HTTPTypes
public import NIOCore

extension Reply {
    /// The approximate size of a piece of a long response in bytes: large enough that few are needed, small enough to
    /// be held for each client.
    private static let pieceSize = 256 * 1024

    /// JSON that `writer` writes piece by piece. The next piece is written when the client has taken the last one, so
    /// that a long response is never in memory as a whole. A response that fits into one piece is sent with its length,
    /// like any other.
    ///
    /// `next` receives the size of a piece and returns nil after the last one. If it throws before the first two pieces
    /// are written, the response is an error; afterwards, the connection is closed.
    public static func json<Writer: Sendable>(
        from writer: Writer, status: Int = 200, headers: HTTPFields = [:],
        next: @escaping @Sendable (inout Writer, _ size: Int) async throws -> ByteBuffer?
    ) async throws -> Reply {
        var writer = writer
        var headers = headers
        headers[.contentType] = "application/json"
        guard let first = try await next(&writer, pieceSize) else {
            return Reply(status: status, headers: headers, body: .bytes([]))
        }
        guard let second = try await next(&writer, pieceSize) else {
            return Reply(status: status, headers: headers, body: .buffer(first))
        }
        let pieces = PieceSource(made: [second, first], writer: writer, next: next)
        return Reply(status: status, headers: headers, body: .pieces { try await pieces.next(pieceSize) })
    }
}

/// Gets one piece after another from a writer.
private actor PieceSource<Writer: Sendable> {
    /// Pieces that were written in advance, the last one first.
    private var made: [ByteBuffer]
    /// Nil while it writes, and after its end.
    private var writer: Writer?
    private let write: @Sendable (inout Writer, _ size: Int) async throws -> ByteBuffer?

    init(
        made: [ByteBuffer], writer: Writer,
        next write: @escaping @Sendable (inout Writer, _ size: Int) async throws -> ByteBuffer?
    ) {
        self.made = made
        self.writer = writer
        self.write = write
    }

    func next(_ size: Int) async throws -> ByteBuffer? {
        if let piece = made.popLast() { return piece }
        guard var working = writer else { return nil }
        writer = nil
        let piece = try await write(&working, size)
        if piece != nil { writer = working }
        return piece
    }
}
