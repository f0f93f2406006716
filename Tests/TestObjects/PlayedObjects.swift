import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// An S3-compatible object store with one bucket, over real HTTP on a free port. It checks every signature and every checksum, and does
/// wrong what a test wants.
public final class PlayedObjects: Sendable {
    public static let bucket = "images"
    public static let accessKey = "AKIDPLAYED"
    public static let secretKey = "played/secret+key"

    private struct State {
        var bucket = PlayedBucket(PlayedObjects.bucket)
        var requests: [PlayedRequest] = []
        var mishap: @Sendable (PlayedRequest) async -> PlayedMishap? = { _ in nil }
        var abandoned = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let channel = Mutex<(any Channel)?>(nil)
    private let scheme: String

    private init(scheme: String) {
        self.scheme = scheme
    }

    /// Serves while `body` runs.
    ///
    /// - Parameter tls: files of the server's certificate and of its key, PEM; nil serves without TLS
    public static func run(
        tls: (certificate: String, key: String)? = nil, _ body: (PlayedObjects) async throws -> Void
    ) async throws {
        let objects = PlayedObjects(scheme: tls == nil ? "http" : "https")
        let security = try tls.map { try context($0.certificate, $0.key) }
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let security {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: security))
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(PlayedObjectsHandler(objects))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        objects.channel.withLock { $0 = channel }
        do {
            try await body(objects)
            try await channel.close()
        } catch {
            try? await channel.close()
            throw error
        }
    }

    private static func context(_ certificate: String, _ key: String) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))))
    }

    /// `http://127.0.0.1:PORT`, or `https://…`.
    public var address: String { "\(scheme)://127.0.0.1:\(channel.withLock { $0?.localAddress?.port } ?? 0)" }

    // MARK: What a test sees and does

    public var keys: [String] { state.withLock { $0.bucket.objects.keys.sorted() } }
    /// Objects on their way.
    public var uploads: Int { state.withLock { $0.bucket.uploads.count } }
    public var requests: [PlayedRequest] { state.withLock { $0.requests } }

    public subscript(_ key: String) -> [UInt8]? {
        get { state.withLock { $0.bucket.objects[key] } }
        set { state.withLock { $0.bucket.objects[key] = newValue } }
    }

    /// Asked for each request before it is carried out.
    public func mishap(_ mishap: @escaping @Sendable (PlayedRequest) async -> PlayedMishap?) {
        state.withLock { $0.mishap = mishap }
    }

    /// Each of `mishaps` happens to one request that `affects` names, in order.
    public func mishaps(_ mishaps: PlayedMishap..., to affects: @escaping @Sendable (PlayedRequest) -> Bool) {
        let rest = Rest(mishaps)
        mishap { request in affects(request) ? rest.next() : nil }
    }

    /// Returns when a client has left before its response was sent.
    public func waitForAbandonment() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isThere = state.withLock { state in
                if state.abandoned > 0 { return true }
                state.waiting.append(continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    // MARK: What the handler asks

    func respond(to request: PlayedRequest) async -> PlayedBucket.Response {
        let mishap = state.withLock { state in
            state.requests.append(request)
            return state.mishap
        }
        let trouble = await mishap(request)
        if case .status(let status, let code)? = trouble { return .error(status, code) }
        let check = SignatureCheck(accessKey: Self.accessKey, secretKey: Self.secretKey)
        if let fault = check.fault(of: request) { return .error(403, fault) }
        if case .lateError? = trouble { return .document("<Error><Code>InternalError</Code></Error>") }
        var response = state.withLock { $0.bucket.respond(to: request) }
        switch trouble {
        case .lostResponse: response.isLost = true
        case .cut(let count): response.cut = count
        case .wrongTag:
            response.headers = response.headers.map {
                $0.0 == "ETag" ? ("ETag", "\"\(String(repeating: "0", count: 32))\"") : $0
            }
        default: break
        }
        return response
    }

    func noteAbandonment() {
        let waiting = state.withLock { state in
            state.abandoned += 1
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private final class Rest: Sendable {
        private let mishaps: Mutex<[PlayedMishap]>

        init(_ mishaps: [PlayedMishap]) {
            self.mishaps = Mutex(mishaps)
        }

        func next() -> PlayedMishap? { mishaps.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
    }
}
