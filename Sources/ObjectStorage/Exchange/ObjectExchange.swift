import AsyncHTTPClient
import Crypto
import Model
import NIOCore
import NIOHTTP1
import NIOSSL

/// Sends signed requests about one bucket. What may pass is tried again, a few times and later each time.
final class ObjectExchange: Sendable {
    let place: BucketPlace
    let signer: RequestSigner
    let time: TimeSource
    private let client: HTTPClient
    private let chance: @Sendable () -> Double

    private static let delay = ExponentialDelay(first: .milliseconds(250), longest: .seconds(10))
    static let attempts = 5
    /// Of documents in bytes; objects are never collected.
    private static let longestDocument = 8 << 20

    /// - Parameters:
    ///   - caFile: certificates to trust, PEM; nil for the system's
    ///   - chance: a number from 0 to 1, so that clients that failed together do not come back together
    ///
    /// Throws 400 that names the file if `caFile` cannot be read.
    init(
        _ place: BucketPlace, _ credentials: ObjectCredentials, caFile: String?, time: TimeSource,
        chance: @escaping @Sendable () -> Double
    ) throws(Fault) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        configuration.timeout.read = .seconds(60)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(4)
        // A store that sends other than it was asked for must not be inflated into memory.
        configuration.decompression = .disabled
        if let caFile {
            do {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(caFile))
                configuration.tlsConfiguration = tls
            } catch {
                throw .badRequest("The CA file \(caFile) of the object store cannot be read as PEM certificates.")
            }
        }
        self.place = place
        signer = RequestSigner(credentials: credentials, region: place.region)
        self.time = time
        self.chance = chance
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit { client.shutdown { _ in } }

    /// The whole response, with success or with a status of `accepted`. Throws an `ObjectTrouble`.
    func send(_ request: ObjectRequest, accepting accepted: Set<Int> = []) async throws -> ObjectAnswer {
        try await persistently(request) { [self] in try await sendOnce(request, accepting: accepted) }
    }

    /// As `send`, without another try.
    func sendOnce(_ request: ObjectRequest, accepting accepted: Set<Int> = []) async throws -> ObjectAnswer {
        let response = try await begin(request)
        let body = try await response.body.collect(upTo: Self.longestDocument)
        let answer = ObjectAnswer(status: Int(response.status.code), headers: response.headers, body: body)
        guard (200..<300).contains(answer.status) || accepted.contains(answer.status) else {
            throw ObjectTrouble(answer, to: request, in: place)
        }
        return answer
    }

    /// Does `work` until it succeeds, or fails for good.
    func persistently<Result>(_ request: ObjectRequest, _ work: () async throws -> Result) async throws -> Result {
        var failures = 0
        while true {
            do {
                return try await work()
            } catch {
                try Task.checkCancellation()
                guard let trouble = error as? ObjectTrouble ?? ObjectTrouble(error, to: request, in: place) else {
                    throw CancellationError()
                }
                failures += 1
                guard trouble.mayPass, failures < Self.attempts else { throw trouble }
                try await wait(after: failures)
            }
        }
    }

    /// Before the next try after that many failures in a row.
    func wait(after failures: Int) async throws {
        try await time.sleep(for: Self.delay.doubled(failures - 1) * (0.5 + chance() / 2))
    }

    /// Sends a request once; the body of its response is still to come.
    func begin(_ request: ObjectRequest) async throws -> HTTPClientResponse {
        try await client.execute(signed(request), deadline: .now() + .hours(24))
    }

    private func signed(_ request: ObjectRequest) -> HTTPClientRequest {
        let now = time.now()
        let digest = digest(of: request)
        let path = place.path(request.key)
        var headers = request.headers
        headers.append(("host", place.host))
        headers.append(("x-amz-content-sha256", digest))
        headers.append(("x-amz-date", RequestSigner.moment(now)))
        let signable = SignableRequest(
            method: request.method.rawValue, path: path, query: request.query, headers: headers, payload: digest)
        headers.append(("authorization", signer.authorization(of: signable, at: now)))
        var outgoing = HTTPClientRequest(url: place.url(path, query: SignableRequest.text(of: request.query)))
        outgoing.method = request.method
        for (name, value) in headers { outgoing.headers.add(name: name, value: value) }
        if request.method == .PUT || request.method == .POST { outgoing.body = .bytes(request.body) }
        return outgoing
    }

    /// Safe: the digest reads the bytes of the buffer while the closure runs.
    private func digest(of request: ObjectRequest) -> String {
        if let digest = request.digest { return digest }
        var hash = SHA256()
        unsafe request.body.withUnsafeReadableBytes { space in unsafe hash.update(bufferPointer: space) }
        return Hexadecimal.text(of: hash.finalize())
    }
}
