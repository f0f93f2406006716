package import API
package import Clients
import Model

/// What agents may say of Placement, message by message.
enum PlacementWords {
    static let generation = Schema.integerRange(0, Inventory.limit)
    static let amount = Schema.integerRange(1, Inventory.limit)
    static let symbol = Schema.text(minLength: 1, maxLength: 255, pattern: "^[A-Z0-9_]+$", format: nil)
    static let amounts = Schema.object(ObjectSchema([], others: .each(keyPattern: "^[A-Z0-9_]+$", amount)))
    static let owner = Schema.text(minLength: 1, maxLength: 255, pattern: nil, format: nil)
}

extension NewProviderMessage: SchemaProviding {
    package static let schema = Schema.object(
        ObjectSchema([
            .init("name", .text(minLength: 1, maxLength: 200, pattern: nil, format: nil)),
            .init("parent", .nullable(.uuid), required: false),
        ]))
}

extension TraitsMessage: SchemaProviding {
    package static let schema = Schema.object(
        ObjectSchema([
            .init("generation", PlacementWords.generation),
            .init("traits", .array(of: PlacementWords.symbol, minItems: nil, maxItems: 1000, unique: true)),
        ]))
}

extension ProviderIDsMessage: SchemaProviding {
    package static let schema = Schema.object(
        ObjectSchema([.init("providers", .array(of: .uuid, minItems: nil, maxItems: 100_000, unique: false))]))
}

extension InventoryMessage: SchemaProviding {
    package static let schema = Schema.object(
        ObjectSchema([
            .init("total", PlacementWords.amount), .init("reserved", .integerRange(0, Inventory.limit)),
            .init("minUnit", PlacementWords.amount), .init("maxUnit", PlacementWords.amount),
            .init("stepSize", PlacementWords.amount), .init("allocationRatio", .numberRange(0, 3.402_82e38)),
        ]))
}

extension InventoriesMessage: SchemaProviding {
    package static let schema = Schema.object(
        ObjectSchema([
            .init("generation", PlacementWords.generation),
            .init(
                "inventories",
                .object(ObjectSchema([], others: .each(keyPattern: "^[A-Z0-9_]{1,255}$", InventoryMessage.schema)))),
        ]))
}

extension HoldingMessage: SchemaProviding {
    package static let schema = Schema.object(
        ObjectSchema([
            .init("consumer", .uuid),
            .init("allocations", .object(ObjectSchema([], others: .each(keyPattern: nil, PlacementWords.amounts)))),
            .init("project", PlacementWords.owner), .init("user", PlacementWords.owner),
            .init("generation", PlacementWords.generation),
        ]))
}

extension ReshapeMessage: SchemaProviding {
    package static let schema = Schema.object(
        ObjectSchema([
            .init("inventories", .object(ObjectSchema([], others: .each(keyPattern: nil, InventoriesMessage.schema)))),
            .init("holdings", .array(of: HoldingMessage.schema, minItems: nil, maxItems: 100_000, unique: false)),
        ]))
}
