public import HTTPTypes
import Model
public import NIOCore
import Synchronization

extension Reply {
    /// Data of `size` bytes: whole with 200, or the one range that the request asks for with 206. The next piece is read when
    /// the client has taken the last. Data that ends early, or late, breaks the connection off.
    ///
    /// - Parameters:
    ///   - range: what is asked for, where the request says it in another way than by `Range`
    ///   - reading: opens the data at a range, and returns what gives its pieces in order, then nil
    ///   - regions: the same as regions of a file; nil where the data are in none
    public static func data(
        _ call: Call, type: MediaType = .octetStream, size: Int, headers: HTTPFields = [:], range: String? = nil,
        reading: @Sendable (Range<Int>) async throws -> @Sendable () async throws -> ByteBuffer?,
        regions: @Sendable (Range<Int>) -> (@Sendable () async throws -> FileRegion?)? = { _ in nil }
    ) async throws -> Reply {
        var headers = headers
        headers[.contentType] = type.description
        headers[.acceptRanges] = "bytes"
        let asked = try ByteRange(call.headers[.range] ?? range, size: size)
        var sent = 0..<size
        if case .part(let part) = asked {
            sent = part
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
        }
        headers[.contentLength] = "\(sent.count)"
        let pieces = counted(try await reading(sent), sent.count) { $0.readableBytes }
        var body = Body.pieces(pieces)
        if let next = regions(sent) {
            body = .regions(counted(next, sent.count) { $0.readableBytes }, pieces: pieces)
        }
        return Reply(status: asked == .whole ? 200 : 206, headers: headers, body: body)
    }

    /// The same parts, which must have as many bytes as the answer said.
    private static func counted<Part: Sendable>(
        _ next: @escaping @Sendable () async throws -> Part?, _ count: Int,
        size: @escaping @Sendable (Part) -> Int
    ) -> @Sendable () async throws -> Part? {
        let left = Left(count)
        return {
            guard let part = try await next() else {
                try left.end()
                return nil
            }
            try left.take(size(part))
            return part
        }
    }
}

/// Bytes that an answer said it has and that did not leave yet.
private final class Left: Sendable {
    private let count: Mutex<Int>

    init(_ count: Int) {
        self.count = Mutex(count)
    }

    func take(_ bytes: Int) throws {
        let left = count.withLock { count in
            count -= bytes
            return count
        }
        guard left >= 0 else { throw Fault.internalError("the data has \(-left) bytes more than it should") }
    }

    func end() throws {
        let left = count.withLock { $0 }
        guard left == 0 else { throw Fault.internalError("the data ended \(left) bytes early") }
    }
}
