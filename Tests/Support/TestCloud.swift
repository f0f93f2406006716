import AsyncHTTPClient
public import ControlPlane
import FoundationEssentials
import Logging
public import Model
import NIOCore
import NIOHTTP1
import Settings

/// A whole control plane in this process: SQLite, real HTTP on a port of its own, agents of recorded hosts.
public struct TestCloud: Sendable {
    public let url: String
    public let folder: String

    /// Runs `body` beside a cloud that ends with it.
    ///
    /// - Parameters:
    ///   - folder: keeps state over several runs; nil takes one that is removed at the end
    ///   - configuration: YAML
    public static func run<Result: Sendable>(
        folder: String? = nil, configuration: String = "", recordedHosts: [String] = [],
        playedHosts: [DevelopmentCloud.PlayedHost] = [],
        authentication: DevelopmentCloud.Authentication = .embedded,
        _ body: @escaping @Sendable (TestCloud) async throws -> Result
    ) async throws -> Result {
        let own = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)").path
        defer { if folder == nil { try? FileManager.default.removeItem(atPath: own) } }
        var options = DevelopmentCloud.Options(
            dataFolder: folder ?? own, runsAgent: false, recordedHosts: recordedHosts, authentication: authentication)
        options.heedsSignals = false
        options.playedHosts = playedHosts
        let cloud = try DevelopmentCloud.open(
            options, configuration: (configuration, "test"), environment: [:],
            overrides: [
                "listen.address": .text("127.0.0.1:0"), "identity.password_hash_rounds": .text("4"),
                "listen.check_answers": .text("true"),
            ])
        let answers = AnswerLog()
        let (ready, announce) = AsyncStream.makeStream(of: String.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { announce.finish() }
                try await cloud.run(logger: answers.logger) { url in
                    announce.yield(url)
                }
            }
            var urls = ready.makeAsyncIterator()
            guard let url = await urls.next() else {
                try await group.waitForAll()
                throw NotReady()
            }
            let result = try await body(TestCloud(url: url, folder: folder ?? own))
            group.cancelAll()
            try? await group.waitForAll()
            guard answers.mismatches.isEmpty else { throw AnswersDiffer(mismatches: answers.mismatches) }
            return result
        }
    }

    struct NotReady: Error {}

    /// What the cloud answered was not what its OpenAPI documents promise.
    struct AnswersDiffer: Error {
        let mismatches: [String]
    }

    /// A token of the user of that entry in `clouds.yaml`.
    public func token(_ user: TestUser) async throws -> String {
        let file = folder + "/" + user.passwordFile
        guard let data = FileManager.default.contents(atPath: file) else { throw NotReady() }
        let password = String(decoding: data, as: UTF8.self).prefix { !$0.isNewline }
        let answer = try await send(
            "POST", "/identity/v3/auth/tokens",
            body: """
                {"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "\(user.name)",
                    "password": "\(password)", "domain": {"id": "default"}}}},
                    "scope": {"project": {"name": "\(user.project)", "domain": {"id": "default"}}}}}
                """)
        guard answer.status == 201, let token = answer.headers["X-Subject-Token"] else { throw NotReady() }
        return token
    }

    /// Sends a request over the network.
    public func send(
        _ method: String, _ path: String, token: String? = nil, version: String? = nil,
        headers: [String: String] = [:], body: String? = nil
    ) async throws -> TestAnswer {
        var request = HTTPClientRequest(url: url + path)
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "X-Auth-Token", value: token) }
        if let version { request.headers.add(name: "OpenStack-API-Version", value: version) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(600))
        let bytes = Array(buffer: try await response.body.collect(upTo: 16 << 20))
        return TestAnswer(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name, $0.value) }) { first, _ in first }, body: bytes)
    }
}

/// The users that a development cloud begins with.
public enum TestUser: Sendable {
    case admin, demo, service

    var name: String {
        switch self {
        case .admin: "admin"
        case .demo: "demo"
        case .service: "nova"
        }
    }

    var project: String { self == .service ? "service" : name }

    var passwordFile: String {
        switch self {
        case .admin: "admin-password"
        case .demo: "demo-password"
        case .service: "service-password"
        }
    }
}

/// An answer as it came.
public struct TestAnswer: Sendable {
    public let status: Int
    public let headers: [String: String]
    public let body: [UInt8]

    public var text: String { String(decoding: body, as: UTF8.self) }

    /// Nil where the body is no JSON.
    public var json: JSONValue? { try? JSONValue(json: body) }
}

extension JSONValue {
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let values) = self, values.indices.contains(index) else { return nil }
        return values[index]
    }

    public var text: String? { if case .text(let text) = self { text } else { nil } }
    public var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    public var array: [JSONValue] { if case .array(let values) = self { values } else { [] } }
}
