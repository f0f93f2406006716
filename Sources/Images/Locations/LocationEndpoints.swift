import API
import Clients
import HTTPTypes
import Model
import Store
import Workflows

/// `/v2/images/{image_id}/locations`: where the data of an image are, for other services and administrators.
///
/// Data at an address that is added are fetched into the default store, so that what is checked is what is served.
struct LocationEndpoints: Sendable {
    let store: any StateStore
    let options: ImageOptions
    let shelf: StoreShelf
    let limits: ImageLimits
    let rules: WebRules
    let signatures: SignatureCheck
    let journal: WorkflowJournal
    let time: TimeSource
    let ids: IDSource

    private static let path: PathTemplate = "/v2/images/\(ImageEndpoints.id)/locations"

    var all: [Endpoint] {
        [
            Endpoint(
                .get, Self.path, "List the locations of an image", query: .anything,
                access: .ruleInHandler("fetch_image_location"),
                answers: Endpoint.Answer(status: 200, schema: .array(Schema.of(LocationView.self)))
            ) { call in try await list(call) },
            Endpoint(
                .post, Self.path, "Add a location to an image", query: .anything, body: LocationBody.self,
                access: .ruleInHandler("add_image_location"), answers: .empty(202), faults: [.conflict]
            ) { call, body in try await add(call, body) },
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let access = ImageAccess(call)
        let copies = try await store.read { transaction -> [CopyBook.Copy] in
            let image = try ImageBook.get(id, access.scope, in: transaction)
            try access.check("fetch_image_location", image)
            return try CopyBook.of(id, in: transaction)
        }
        let views = copies.compactMap { copy in
            shelf.entry(copy.store).map { entry in
                LocationView(url: url(of: copy, in: entry), metadata: .init(store: copy.store.text))
            }
        }
        return try .json(views)
    }

    /// Who reads a link needs no keys of the store: so it is for a while only, and only where an operator wants it.
    private func url(of copy: CopyBook.Copy, in entry: StoreShelf.Entry) -> String {
        if let lifetime = options.linkLifetime, !copy.isDamaged,
            let link = entry.store.link(to: copy.blob, lifetime: lifetime)
        {
            return link
        }
        return entry.store.address(of: copy.blob)
    }

    private func add(_ call: Call, _ body: LocationBody) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        guard let address = WebAddress(body.url), rules.admit(address) else {
            throw Fault.badRequest(
                "The location '\(body.url.shown)' does not pass filtering; it must be an http or https address outside.",
                field: "url")
        }
        let expected = try body.expected()
        let access = ImageAccess(call)
        let check = try await limits.check(call.caller.project, [.size: 0, .uploading: 1])
        let seen = try await store.read { try ImageBook.get(id, access.scope, in: $0) }
        try access.check("add_image_location", seen)
        let certificate = try await signatures.certificate(of: seen, for: call.caller)
        let start = ImportStart(journal: journal, task: ids.next(), workflow: ids.next(), at: time.now())
        try await store.write { transaction in
            let former = try ImageBook.get(id, access.scope, in: transaction)
            try access.check("add_image_location", former)
            guard former.status == .queued else {
                throw Fault.conflict(
                    "It's not allowed to add locations if image status is \(former.status.rawValue).")
            }
            try check?.enforce(in: transaction)
            try start.begin(
                former, .located, .web, to: [shelf.standard.name], from: address, expecting: expected,
                certificate: certificate, allMustSucceed: true,
                asked: [
                    .init("loc_url", .text(body.url)),
                    .init("validation_data", body.validation?.json ?? .object([])),
                ], call, in: transaction)
        }
        return .empty(202)
    }
}

/// A new location.
struct LocationBody: Decodable, Sendable, SchemaProviding {
    let url: String
    let validation: Validation?

    enum CodingKeys: String, CodingKey {
        case url
        case validation = "validation_data"
    }

    struct Validation: Decodable, Sendable {
        let algorithm: String?
        let value: String?

        enum CodingKeys: String, CodingKey {
            case algorithm = "os_hash_algo"
            case value = "os_hash_value"
        }

        var json: JSONValue {
            var members: [JSONValue.Member] = []
            if let algorithm { members.append(.init("os_hash_algo", .text(algorithm))) }
            if let value { members.append(.init("os_hash_value", .text(value))) }
            return .object(members)
        }
    }

    static let schema = Schema.object(
        ObjectSchema(
            [
                .init("url", .string),
                .init(
                    "validation_data",
                    .nullable(
                        .object(
                            ObjectSchema([
                                .init(
                                    "os_hash_algo", .oneOfTexts(ExpectedHash.Algorithm.allCases.map(\.rawValue)),
                                    required: false),
                                .init("os_hash_value", .string, required: false),
                            ]))), required: false),
            ], others: .ignored))

    /// Throws 400 where there is half of a digest, or none of its algorithm's.
    func expected() throws(Fault) -> ExpectedHash? {
        guard let validation, validation.algorithm != nil || validation.value != nil else { return nil }
        guard let name = validation.algorithm, let algorithm = ExpectedHash.Algorithm(rawValue: name),
            let value = validation.value
        else {
            throw .badRequest(
                "'os_hash_algo' and 'os_hash_value' belong together.", field: "validation_data")
        }
        return try ExpectedHash(algorithm, value)
    }
}

/// A location on the wire.
struct LocationView: Codable, Sendable {
    let url: String
    let metadata: Metadata

    struct Metadata: Codable, Sendable {
        let store: String
    }
}
