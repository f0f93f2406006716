import API
import Crypto
import HTTPTypes
import Logging
public import Model
import Synchronization

/// An image service in memory behind the real HTTP server, as far as devices are loaded from it.
public final class PlayedImages: Sendable {
    public struct Image: Sendable {
        public var id: ImageID
        public var name = "bitstream"
        public var status = "active"
        public var data: [UInt8]
        public var properties: [String: String] = [:]
        /// In place of that of the data.
        public var hash: (algorithm: String, value: String)?

        public init(_ id: ImageID, _ data: [UInt8], _ properties: [String: String] = [:]) {
            self.id = id
            self.data = data
            self.properties = properties
        }
    }

    public struct Heard: Sendable, Equatable {
        public let path: String
        public let token: String
        public let serviceToken: String?
    }

    struct State {
        var images: [ImageID: Image] = [:]
        var heard: [Heard] = []
        /// Tokens that see no image.
        var blind: Set<String> = []
        var refused: Set<String> = []
        var trouble: Fault?
        /// The data break off after so many bytes.
        var cut: Int?
    }

    private let state = Mutex(State())

    public init() {}

    public var heard: [Heard] { state.withLock { $0.heard } }
    public func put(_ image: Image) { state.withLock { $0.images[image.id] = image } }
    public func remove(_ id: ImageID) { state.withLock { $0.images[id] = nil } }
    /// What every request is answered from now on; nil ends that.
    public func fail(_ fault: Fault?) { state.withLock { $0.trouble = fault } }
    public func breakOff(after bytes: Int?) { state.withLock { $0.cut = bytes } }
    public func hide(from token: String) { state.withLock { _ = $0.blind.insert(token) } }
    public func refuse(_ token: String) { state.withLock { _ = $0.refused.insert(token) } }

    /// Serves below `/image` until `body` returns, with its address.
    public func run<Result: Sendable>(
        _ body: @Sendable @escaping (_ address: String) async throws -> Result
    ) async throws -> Result {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let service = Service(
            name: "image", title: "Images", prefix: "/image", family: ImageFamily(), endpoints: endpoints,
            authenticator: Tokens(images: self), authorizer: Everything())
        let (ports, sink) = AsyncStream.makeStream(of: Int.self)
        let server = HTTPServer(
            ListenerConfiguration(host: "127.0.0.1", port: 0, logsAccess: false),
            dispatcher: Dispatcher([service], logger: logger), metrics: MetricsRegistry(), logger: logger,
            onListening: { sink.yield($0) })
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                defer { sink.finish() }
                try await server.run()
                return nil
            }
            group.addTask {
                var iterator = ports.makeAsyncIterator()
                guard let port = await iterator.next() else { return nil }
                return try await body("http://127.0.0.1:\(port)/image")
            }
            defer { group.cancelAll() }
            for try await result in group {
                if let result { return result }
            }
            throw Fault.internalError("the played image service did not listen")
        }
    }

    private struct Tokens: Authenticator {
        let images: PlayedImages

        func authenticate(_ request: Credentials) async throws(Fault) -> Caller? {
            guard let token = request.headers[.authToken] else { return nil }
            guard !images.state.withLock({ $0.refused.contains(token) }) else { throw .unauthorized() }
            return Caller(user: UserID(token), userName: token, scope: .unscoped, roles: ["member"])
        }

        func challenge(origin: String) -> Fault.Header? { nil }
    }

    private struct Everything: Authorizer {
        func authorize(_ caller: Caller, rule: String, target: PolicyTarget) throws(Fault) {}
    }

    private static let id = PathParameter<ImageID>("id", "The image")

    private var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/images/\(Self.id)", "Show an image", access: .authenticated, answers: .json(Shown.self),
                faults: [.notFound]
            ) { [self] call in
                let image = try find(call)
                return .json(bytes: Self.text(image).compact)
            },
            Endpoint(
                .get, "/v2/images", "List images", query: .anything, access: .authenticated,
                answers: .json(ShownList.self)
            ) { [self] call in
                try hear(call)
                let found = state.withLock { state in
                    state.images.values.filter { image in
                        call.rawQuery.allSatisfy { name, value in
                            switch name {
                            case "limit": true
                            case "status": image.status == value
                            default: image.properties[name] == value
                            }
                        }
                    }
                }
                let limit = call.rawQuery.first { $0.name == "limit" }.flatMap { Int($0.value) } ?? 25
                let shown = found.sorted { $0.id < $1.id }.prefix(limit).map { Self.text($0) }
                return .json(bytes: JSONText(members: [("images", .list(Array(shown)))]).compact)
            },
            Endpoint(
                .get, "/v2/images/\(Self.id)/file", "Download an image", access: .authenticated,
                answers: .data(.octetStream), faults: [.notFound]
            ) { [self] call in
                let image = try find(call)
                let cut = state.withLock { $0.cut }
                return Reply(
                    status: 200, headers: [.contentType: "application/octet-stream"],
                    body: .stream { write in
                        for start in stride(from: 0, to: image.data.count, by: 1000) {
                            let end = min(start + 1000, image.data.count)
                            if let cut, end > cut { throw Fault.internalError("cut") }
                            try await write(Array(image.data[start..<end]))
                        }
                    })
            },
        ]
    }

    private func hear(_ call: Call) throws(Fault) {
        let trouble = state.withLock { state in
            state.heard.append(
                Heard(
                    path: call.path, token: call.headers[.authToken] ?? "", serviceToken: call.headers[.serviceToken]))
            return state.trouble
        }
        if let trouble { throw trouble }
    }

    private func find(_ call: Call) throws(Fault) -> Image {
        try hear(call)
        let id = try call[Self.id]
        let token = call.headers[.authToken] ?? ""
        let found = state.withLock { $0.blind.contains(token) ? nil : $0.images[id] }
        guard let found else { throw .notFound("No image found with ID \(id)") }
        return found
    }

    private static func text(_ image: Image) -> JSONText {
        let hash = image.hash ?? ("sha512", Hexadecimal.text(of: SHA512.hash(data: image.data)))
        var members: [(String, JSONText.Value)] = [
            ("id", .text(image.id.description)), ("name", .text(image.name)), ("status", .text(image.status)),
            ("size", .number(image.data.count)), ("os_hash_algo", .text(hash.algorithm)),
            ("os_hash_value", .text(hash.value)), ("container_format", .text("bare")), ("disk_format", .text("raw")),
            ("tags", .list([])), ("protected", .flag(false)),
        ]
        for (name, value) in image.properties.sorted(by: { $0.key < $1.key }) { members.append((name, .text(value))) }
        return JSONText(members: members)
    }

    /// What schemas are made of; the played service checks nothing.
    private struct Shown: Codable {
        var id: String
    }

    private struct ShownList: Codable {
        var images: [Shown]
    }
}

extension HTTPField.Name {
    fileprivate static let authToken = HTTPField.Name("X-Auth-Token") ?? .authorization
    fileprivate static let serviceToken = HTTPField.Name("X-Service-Token") ?? .authorization
}
