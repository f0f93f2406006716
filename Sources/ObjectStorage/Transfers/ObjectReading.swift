import AsyncHTTPClient
import Model
import NIOCore
import NIOHTTP1

/// A range of an object, as it comes: the next piece is taken from the connection when somebody asks for it. A connection that breaks is
/// replaced by one that goes on where it broke.
actor ObjectReading {
    private let exchange: ObjectExchange
    private let key: ObjectKey
    private let end: Int
    private var offset: Int
    private var body: HTTPClientResponse.Body.AsyncIterator?
    /// Of what was read first: what comes later must be of the same content.
    private var entityTag: String?
    private var failures = 0

    init(_ exchange: ObjectExchange, _ key: ObjectKey, _ range: Range<Int>) {
        self.exchange = exchange
        self.key = key
        offset = range.lowerBound
        end = range.upperBound
    }

    /// Nil at the end. Throws an `ObjectTrouble`.
    func next() async throws -> ByteBuffer? {
        while offset < end {
            do {
                if let piece = try await piece() { return piece }
            } catch {
                body = nil
                try Task.checkCancellation()
                let request = request()
                guard let trouble = error as? ObjectTrouble ?? ObjectTrouble(error, to: request, in: exchange.place)
                else { throw CancellationError() }
                failures += 1
                guard trouble.mayPass, failures < ObjectExchange.attempts else { throw trouble }
                try await exchange.wait(after: failures)
            }
        }
        return nil
    }

    /// Nil where the store sent an empty piece.
    private func piece() async throws -> ByteBuffer? {
        if body == nil { body = try await open() }
        guard var working = body else { throw Self.broken(request(), exchange.place) }
        body = nil
        guard let piece = try await working.next(isolation: self) else {
            throw Self.broken(request(), exchange.place)
        }
        body = working
        guard piece.readableBytes <= end - offset else {
            throw ObjectTrouble(
                .unavailable, "\(request().place(in: exchange.place)) gave more than it was asked for", mayPass: false)
        }
        offset += piece.readableBytes
        if piece.readableBytes == 0 { return nil }
        failures = 0
        return piece
    }

    private func open() async throws -> HTTPClientResponse.Body.AsyncIterator {
        let request = request()
        let response = try await exchange.begin(request)
        let status = Int(response.status.code)
        guard status == 206 || (status == 200 && offset == 0) else {
            let document = try await response.body.collect(upTo: 1 << 20)
            throw ObjectTrouble(
                ObjectAnswer(status: status, headers: response.headers, body: document), to: request,
                in: exchange.place)
        }
        if entityTag == nil { entityTag = response.headers.first(name: "ETag") }
        return response.body.makeAsyncIterator()
    }

    private func request() -> ObjectRequest {
        var request = ObjectRequest(.GET, key)
        request.headers = [("range", "bytes=\(offset)-\(end - 1)")]
        if let entityTag { request.headers.append(("if-match", entityTag)) }
        return request
    }

    private static func broken(_ request: ObjectRequest, _ place: BucketPlace) -> ObjectTrouble {
        ObjectTrouble(.unavailable, "\(request.place(in: place)) broke off", mayPass: true)
    }
}
