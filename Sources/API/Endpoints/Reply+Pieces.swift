public import HTTPTypes
public import NIOCore

extension Reply {
    /// About how many bytes a piece of a long answer has: enough that few are needed, little to hold for each client.
    private static let pieceSize = 256 * 1024

    /// JSON that `writer` makes piece by piece, the next one when the client has taken the last, so that a long answer
    /// is never in memory as a whole. One that fits into a piece is sent with its length, like any other.
    ///
    /// `next` is given the size a piece should have and answers nil after the last. What it throws before the first two
    /// pieces are made is an error like any other; after that it breaks the connection off.
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

/// Asks a writer for one piece after another.
private actor PieceSource<Writer: Sendable> {
    /// Made ahead, the last first.
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
