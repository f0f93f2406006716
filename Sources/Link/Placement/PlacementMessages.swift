import API
import Clients
import Model

/// A resource provider as an agent is told of it.
struct ProviderMessage: Sendable, Codable {
    var id: ResourceProviderID
    var name: String
    var generation: Int
    var parent: ResourceProviderID?
    var root: ResourceProviderID

    init(_ view: ResourceProviderView) {
        id = view.id
        name = view.name
        generation = view.generation
        parent = view.parent
        root = view.root
    }

    var view: ResourceProviderView {
        ResourceProviderView(id: id, name: name, generation: generation, parent: parent, root: root)
    }
}

struct ProviderListMessage: Sendable, Codable {
    var providers: [ProviderMessage]
}

/// What an agent says of a provider that is to be made.
struct NewProviderMessage: Sendable, Codable, SchemaProviding {
    var name: String
    var parent: ResourceProviderID?

    static let schema = Schema.object(
        ObjectSchema([
            .init("name", .text(minLength: 1, maxLength: 200, pattern: nil, format: nil)),
            .init("parent", .nullable(.uuid), required: false),
        ]))
}

/// The generation that a write left.
struct GenerationMessage: Sendable, Codable {
    var generation: Int
}

struct TraitsMessage: Sendable, Codable, SchemaProviding {
    var generation: Int
    var traits: [String]

    static let schema = Schema.object(
        ObjectSchema([
            .init("generation", PlacementWords.generation),
            .init("traits", .array(of: PlacementWords.symbol, minItems: nil, maxItems: 1000, unique: true)),
        ]))
}

/// Who holds how much of a provider, by consumer and class.
struct HoldersMessage: Sendable, Codable {
    var holders: [String: [String: Int]]
}

/// Several providers that are asked about at once.
struct ProviderIDsMessage: Sendable, Codable, SchemaProviding {
    var providers: [ResourceProviderID]

    static let schema = Schema.object(
        ObjectSchema([.init("providers", .array(of: .uuid, minItems: nil, maxItems: 100_000, unique: false))]))
}

/// Bounds of what agents say of Placement.
enum PlacementWords {
    static let generation = Schema.integerRange(0, Inventory.limit)
    static let amount = Schema.integerRange(1, Inventory.limit)
    static let symbol = Schema.text(minLength: 1, maxLength: 255, pattern: "^[A-Z0-9_]+$", format: nil)
    static let amounts = Schema.object(ObjectSchema([], others: .each(keyPattern: "^[A-Z0-9_]+$", amount)))
}
