import Model
import NIOCore

/// A page of a long list; its rows are already written.
struct ListPage<Place: Sendable>: Sendable {
    var json: JSONBytes
    /// The row after which the next page begins; nil if this is the last page.
    var next: Place?
    /// The latest change of one of its rows.
    var changedAt: Timestamp?
}

/// A list that is being sent to the client: each piece of the response contains as many pages as fit.
struct ListStream<Place: Sendable>: Sendable {
    private var page: ListPage<Place>?
    private var head: String?
    private let tail: String

    /// - Parameters:
    ///   - head: the beginning of the response, before the first row
    ///   - tail: the end of the response
    init(_ head: String, first: ListPage<Place>, _ tail: String) {
        self.head = head
        self.tail = tail
        page = first
    }

    /// The next piece, of about `size` bytes; nil at the end. `read` returns the page after a row.
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
