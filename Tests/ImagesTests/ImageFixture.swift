import API
import Access
import Clients
import Conventions
import Foundation
import HTTPTypes
import Logging
import Model
import Store
import Synchronization
import TestJSON
import TestStore
import Testing
import Workflows

@testable import Images

/// The image service on a database and in folders of its own, with a clock that the test turns.
final class ImageFixture: Sendable {
    let store: any StateStore
    let clock: Clock
    /// Below it each store has a folder.
    let folder: String
    let engine: WorkflowEngine
    let service: ImageService
    let dispatcher: Dispatcher
    private let isOwner: Bool

    init(
        _ options: ImageOptions = ImageOptions(), stores names: [StoreName] = ["file"],
        media: [StoreName: any ImageStore] = [:], standard: StoreName? = nil, staging: (any ImageStore)? = nil,
        wrap: (any ImageStore) -> any ImageStore = { $0 },
        inspection: (@Sendable (DataClaim) async throws -> any DataInspection)? = nil,
        certificates: (any CertificateSecrets)? = nil, limits: (any ProjectLimits)? = nil,
        web: (any WebSource)? = nil, legacy: Bool = false,
        on other: ImageFixture? = nil,
        through serving: (any StateStore) -> any StateStore = { $0 }
    ) async throws {
        clock = other?.clock ?? Clock()
        isOwner = other == nil
        if let other {
            store = other.store
            folder = other.folder
        } else {
            store = try await TestStore.open(WorkflowMigrations.all + CreationMigrations.all + ImageMigrations.all)
            folder = FileManager.default.temporaryDirectory.appending(path: "images-\(UUID())").path
        }
        let folder = folder
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let entries = names.map { name in
            StoreShelf.Entry(
                name, wrap(media[name] ?? FileStore(root: "\(folder)/\(name)")), text: "Store \(name)")
        }
        let serving = serving(store)
        engine = WorkflowEngine(
            store: serving, owner: "\(UUID())", time: clock.source, logger: logger)
        service = ImageService(
            store: serving, workflows: engine,
            stores: StoreShelf(
                entries, standard: standard, staging: staging ?? FileStore(root: "\(folder)/staging")),
            options: options, inspection: inspection, certificates: certificates, limits: limits, web: web,
            time: clock.source, logger: logger)
        let authorizer = PolicyAuthorizer(
            engine: try PolicyEngine(rules: ImagePolicy.rules, heedsLegacyDefaults: legacy), wording: .image)
        dispatcher = Dispatcher(
            [service.service(authenticator: PersonaAuthenticator(), authorizer: authorizer)], logger: logger,
            answers: AnswerCheck { Issue.record("\($0)") })
    }

    deinit {
        guard isOwner else { return }
        try? FileManager.default.removeItem(atPath: folder)
        let store = store
        Task { await store.close() }
    }

    final class Clock: Sendable {
        private let now = Mutex(Timestamp(microseconds: 1_795_219_649_834_118))

        private let pause = Mutex<(@Sendable (Duration) -> Void)?>(nil)

        /// Its pauses end only when their task is cancelled: nothing happens by itself, unless a test takes the pauses.
        var source: TimeSource {
            TimeSource(
                { [self] in now.withLock { $0 } },
                pause: { [self] span in
                    guard let pause = pause.withLock({ $0 }) else { return try await Task.sleep(for: .seconds(3600)) }
                    pause(span)
                })
        }

        /// From now on pauses end at once, and `body` hears of them; nil is as before.
        func onPause(_ body: (@Sendable (Duration) -> Void)?) { pause.withLock { $0 = body } }

        func advance(_ duration: Duration) { now.withLock { $0 = $0 + duration } }
    }

    // MARK: Calls

    @discardableResult
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil, as persona: Persona = .member,
        type: String? = nil, headers: [(String, String)] = []
    ) async throws -> Answer {
        var bytes: [UInt8] = []
        var headers = headers
        if let body {
            headers.append(("Content-Type", type ?? "application/json"))
            bytes = Array(try JSONEncoder().encode(body))
        }
        return try await send(method, path, bytes, as: persona, headers: headers)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ bytes: [UInt8], as persona: Persona = .member,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        let response = await open(method, path, bytes, as: persona, headers: headers)
        return Answer(status: response.status, headers: response.headers, bytes: try await response.bytes())
    }

    /// The response, its body still to come.
    func open(
        _ method: HTTPRequest.Method, _ path: String, _ bytes: [UInt8] = [], as persona: Persona = .member,
        headers: [(String, String)] = []
    ) async -> APIResponse {
        var fields: HTTPFields = [:]
        if persona != .nobody { fields[.authToken] = persona.rawValue }
        fields[.accept] = "application/json"
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return await dispatcher.respond(to: APIRequest(method, "/image\(path)", headers: fields, body: bytes))
    }

    /// A new image; returns its id.
    func image(_ body: JSON = [:], as persona: Persona = .member) async throws -> String {
        let answer = try await call(.post, "/v2/images", body, as: persona)
        guard answer.status == 201 else { throw Fault.internalError("\(answer.status) \(answer.text)") }
        clock.advance(.seconds(1))
        return answer.json["id"].text
    }

    /// A new image that can be uploaded to.
    func bare(_ more: [String: JSON] = [:], as persona: Persona = .member) async throws -> String {
        var body: [String: JSON] = ["disk_format": "raw", "container_format": "bare"]
        body.merge(more) { _, new in new }
        return try await image(.object(body), as: persona)
    }

    @discardableResult
    func upload(
        _ bytes: [UInt8], to id: String, as persona: Persona = .member, headers: [(String, String)] = []
    ) async throws -> Answer {
        try await send(
            .put, "/v2/images/\(id)/file", bytes, as: persona,
            headers: [("Content-Type", "application/octet-stream")] + headers)
    }

    func patch(_ id: String, _ operations: JSON, as persona: Persona = .member, isOld: Bool = false) async throws
        -> Answer
    {
        try await call(
            .patch, "/v2/images/\(id)", operations, as: persona,
            type: "application/openstack-images-v2.\(isOld ? 0 : 1)-json-patch")
    }

    func show(_ id: String, as persona: Persona = .admin) async throws -> JSON {
        try await call(.get, "/v2/images/\(id)", as: persona).json
    }

    /// The names on a page of the list, in order.
    func names(_ query: String = "", as persona: Persona = .member) async throws -> [String] {
        let answer = try await call(.get, "/v2/images\(query)", as: persona)
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json["images"].array.map(\.["name"].text)
    }

    /// Files below the folder of a store, drafts or blobs.
    func files(_ kind: String, of store: StoreName = "file") -> [String] {
        let paths = FileManager.default.enumerator(atPath: "\(folder)/\(store)/\(kind)")?.allObjects as? [String] ?? []
        return paths.filter { path in
            var isFolder: ObjCBool = false
            // Safe: the call writes to a variable of this closure.
            let exists = unsafe FileManager.default.fileExists(
                atPath: "\(folder)/\(store)/\(kind)/\(path)", isDirectory: &isFolder)
            return exists && !isFolder.boolValue
        }.sorted()
    }

    func count(_ table: String) async throws -> Int {
        try await store.read { transaction in
            try transaction.first(SQL(stringLiteral: "SELECT COUNT(*) FROM \(table)")) { row in try row[0] } ?? 0
        }
    }
}

/// What a call answered.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var json: JSON { (try? JSONDecoder().decode(JSON.self, from: Data(bytes))) ?? .null }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The sentence of an error.
    var fault: String { json["message"].text }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}
