public import Model
public import NIOCore
import NIOHTTP1

/// One bucket of an S3-compatible object store, as this program calls it. It knows keys and bytes, and nothing of what they mean.
///
/// Requests are signed, and tried again where that may help. Methods throw `Fault`s: 413 where the store is full, 503 where it cannot be
/// used; what an operator needs to know is in their context.
public struct ObjectBucket: Sendable {
    let exchange: ObjectExchange
    let checksum: PartChecksum

    /// - Parameters:
    ///   - caFile: certificates to trust, PEM; nil for the system's
    ///   - chance: a number from 0 to 1, by which pauses between tries differ
    ///
    /// Throws 400 that names the file if `caFile` cannot be read.
    public init(
        _ place: BucketPlace, _ credentials: ObjectCredentials, caFile: String? = nil, checksum: PartChecksum = .md5,
        time: TimeSource = .system, chance: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) throws(Fault) {
        exchange = try ObjectExchange(place, credentials, caFile: caFile, time: time, chance: chance)
        self.checksum = checksum
    }

    public var name: String { exchange.place.bucket }

    /// Looks whether the bucket is there and may be used. Throws 400, with what would be right, where the settings do not fit the store,
    /// and 503 where the store cannot be reached now.
    public func check() async throws {
        do {
            _ = try await exchange.send(ObjectRequest(.HEAD, nil))
        } catch let trouble as ObjectTrouble {
            if trouble.mayPass { throw trouble.fault }
            throw Fault.badRequest(
                "The object store cannot be used: \(trouble.reason.prefix(1).lowercased() + trouble.reason.dropFirst())."
            )
        }
    }

    /// In bytes; nil where there is no such object.
    public func size(of key: ObjectKey) async throws -> Int? {
        let answer = try await send(ObjectRequest(.HEAD, key), accepting: [404])
        guard answer.status != 404 else { return nil }
        guard let size = answer.headers.first(name: "Content-Length").flatMap({ Int($0) }) else {
            throw Fault.unavailable(
                "The object store cannot be used at the moment; try again later.",
                context: "the store does not say how large '\(key)' is")
        }
        return size
    }

    /// Gives the pieces of a range in order, then nil. The next piece is read when it is asked for.
    public func pieces(of key: ObjectKey, in range: Range<Int>) -> @Sendable () async throws -> ByteBuffer? {
        let reading = ObjectReading(exchange, key, range)
        return {
            do {
                return try await reading.next()
            } catch let trouble as ObjectTrouble {
                throw trouble.fault
            }
        }
    }

    /// A small object, whole; nil where there is none.
    public func read(_ key: ObjectKey) async throws -> ByteBuffer? {
        let answer = try await send(ObjectRequest(.GET, key), accepting: [404])
        return answer.status == 404 ? nil : answer.body
    }

    /// Writes a small object.
    public func write(_ bytes: ByteBuffer, to key: ObjectKey) async throws {
        var request = ObjectRequest(.PUT, key)
        request.body = bytes
        _ = try await send(request)
    }

    /// Done also where there is no such object.
    public func remove(_ key: ObjectKey) async throws {
        _ = try await send(ObjectRequest(.DELETE, key), accepting: [404])
    }

    /// The keys that begin with `prefix`, in the store's order.
    public func keys(under prefix: String) async throws -> [ObjectKey] {
        var keys: [ObjectKey] = []
        var next: String?
        repeat {
            var request = ObjectRequest(.GET, nil)
            request.query = [("list-type", "2"), ("prefix", prefix)]
            if let next { request.query.append(("continuation-token", next)) }
            let document = try await document(of: request, named: "ListBucketResult")
            for entry in document.children where entry.name == "Contents" {
                if let key = entry["Key"] { keys.append(ObjectKey(key)) }
            }
            next = document["IsTruncated"] == "true" ? document["NextContinuationToken"] : nil
        } while next != nil
        return keys
    }

    /// A URL by which anybody may read the object until `lifetime` has passed: a week at most.
    public func link(to key: ObjectKey, lifetime: Duration) -> String {
        let place = exchange.place
        let path = place.path(key)
        let request = SignableRequest(
            method: "GET", path: path, query: [], headers: [("host", place.host)],
            payload: RequestSigner.unsignedPayload)
        let bounded = min(lifetime, .seconds(7 * 24 * 3600))
        return place.url(path, query: exchange.signer.query(of: request, at: exchange.time.now(), lifetime: bounded))
    }

    func send(_ request: ObjectRequest, accepting accepted: Set<Int> = []) async throws -> ObjectAnswer {
        do {
            let answer = try await exchange.send(request, accepting: accepted)
            // Not there, and not in a bucket that is not there.
            if answer.status == 404, answer.document?["Code"] == "NoSuchBucket" {
                throw ObjectTrouble(answer, to: request, in: exchange.place)
            }
            return answer
        } catch let trouble as ObjectTrouble {
            throw trouble.fault
        }
    }

    func document(of request: ObjectRequest, named name: String) async throws -> MarkupDocument {
        let answer = try await send(request)
        guard let document = answer.document, document.name == name else {
            throw ObjectTrouble(
                .unavailable, "\(request.place(in: exchange.place)) was answered with no \(name)", mayPass: false
            ).fault
        }
        return document
    }
}
