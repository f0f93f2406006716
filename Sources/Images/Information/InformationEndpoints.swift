import API
import HTTPTypes
import Model
import Store

/// `/v2/info`: what this service can do, and what a project has of it.
struct InformationEndpoints: Sendable {
    let store: any StateStore
    let options: ImageOptions
    let shelf: StoreShelf
    let limits: ImageLimits

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/info/import", "List ways to import data", query: .anything, access: .authenticated,
                answers: .json(ImportInformation.self)
            ) { _ in
                try .json(
                    ImportInformation(
                        methods: .init(
                            description: "Import methods available.", type: "array", value: options.importMethods)))
            },
            Endpoint(
                .get, "/v2/info/stores", "List stores", query: .anything, access: .authenticated,
                answers: .json(StoreInformation.self)
            ) { _ in try .json(try stores()) },
            Endpoint(
                .get, "/v2/info/stores/detail", "List stores with their settings", query: .anything,
                access: .rule("stores_info_detail"), answers: .json(StoreInformation.self)
            ) { _ in try .json(try stores(inDetail: true)) },
            Endpoint(
                .get, "/v2/info/usage", "Show the project's limits and usage", query: .anything,
                access: .authenticated, answers: .json(UsageInformation.self)
            ) { call in try .json(try await usage(call)) },
        ]
    }

    /// Throws 404 where there is but one store: clients then take the service for one without names of stores.
    private func stores(inDetail: Bool = false) throws(Fault) -> StoreInformation {
        guard shelf.isPlural else { throw .notFound("Multi backend is not supported at this site.") }
        return StoreInformation(
            stores: shelf.entries.map { entry in
                .init(
                    id: entry.name.text, description: entry.text,
                    standard: entry.name == shelf.standard.name ? "true" : nil, type: inDetail ? entry.store.type : nil,
                    weight: inDetail ? entry.weight : nil, properties: inDetail ? entry.store.properties : nil)
            })
    }

    private func usage(_ call: Call) async throws -> UsageInformation {
        guard let project = call.caller.project else { return UsageInformation(usage: [:]) }
        var usage: [String: UsageInformation.Usage] = [:]
        for (resource, used, limit) in try await limits.usage(of: project, in: store) {
            usage[resource.rawValue] = .init(usage: used, limit: limit ?? -1)
        }
        return UsageInformation(usage: usage)
    }
}

struct ImportInformation: Codable, Sendable {
    let methods: Methods

    enum CodingKeys: String, CodingKey {
        case methods = "import-methods"
    }

    struct Methods: Codable, Sendable {
        let description: String
        let type: String
        let value: [String]
    }
}

struct StoreInformation: Codable, Sendable {
    let stores: [Store]

    struct Store: Codable, Sendable {
        let id: String
        let description: String?
        /// `true` as a text, or left out.
        let standard: String?
        let type: String?
        let weight: Int?
        let properties: [String: String]?

        enum CodingKeys: String, CodingKey {
            case id, description, type, weight, properties
            case standard = "default"
        }
    }
}

struct UsageInformation: Codable, Sendable, SchemaProviding {
    let usage: [String: Usage]

    /// By resource.
    static let schema = Schema.fields(
        .required("usage", .object(ObjectSchema([], others: .each(keyPattern: nil, Schema.of(Usage.self))))))

    /// A limit of −1 means unlimited.
    struct Usage: Codable, Sendable {
        let usage: Int
        let limit: Int
    }
}
