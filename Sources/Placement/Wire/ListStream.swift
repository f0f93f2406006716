import Model
import NIOCore

/// A page of a long list, its rows written already.
struct ListPage<Place: Sendable>: Sendable {
    var json: JSONBytes
    /// Behind which row the next page begins; nil where this is the last.
    var next: Place?
    /// The latest change of one of its rows.
    var changedAt: Timestamp?
}

/// A list under way to the client: as many pages at once as fit into a piece of the answer.
struct ListStream<Place: Sendable>: Sendable {
    private var page: ListPage<Place>?
    private var head: String?
    private let tail: String

    /// - Parameters:
    ///   - head: what the answer begins with, before the first row
    ///   - tail: what it ends with
    init(_ head: String, first: ListPage<Place>, _ tail: String) {
        self.head = head
        self.tail = tail
        page = first
    }

    /// The next piece, of about `size` bytes; nil at the end. `read` is asked for the page behind a row.
    mutating func next(
        _ size: Int, _ read: (Place) async throws -> ListPage<Place>
    ) async throws -> ByteBuffer? {
        guard var current = page else { return nil }
        var out = JSONBytes(capacity: min(size, current.json.count) + 1024)
        if let head { out.put(head) }
        head = nil
        while true {
            out.put(current.json)
            guard let next = current.next else {
                out.put(tail)
                page = nil
                return out.buffer
            }
            current = try await read(next)
            if out.count + current.json.count > size { break }
        }
        page = current
        return out.buffer
    }
}
