import API
import Clients
import Model

/// The inventory of one class.
struct InventoryMessage: Sendable, Codable, SchemaProviding {
    var total: Int
    var reserved: Int
    var minUnit: Int
    var maxUnit: Int
    var stepSize: Int
    var allocationRatio: Double

    static let schema = Schema.object(
        ObjectSchema([
            .init("total", PlacementWords.amount), .init("reserved", .integerRange(0, Inventory.limit)),
            .init("minUnit", PlacementWords.amount), .init("maxUnit", PlacementWords.amount),
            .init("stepSize", PlacementWords.amount), .init("allocationRatio", .numberRange(0, 3.402_82e38)),
        ]))

    init(_ inventory: Inventory) {
        total = inventory.total
        reserved = inventory.reserved
        minUnit = inventory.minUnit
        maxUnit = inventory.maxUnit
        stepSize = inventory.stepSize
        allocationRatio = inventory.allocationRatio
    }

    var inventory: Inventory {
        Inventory(
            total: total, reserved: reserved, minUnit: minUnit, maxUnit: maxUnit, stepSize: stepSize,
            allocationRatio: allocationRatio)
    }
}

/// All inventories of a provider, and the generation they were seen or left at.
struct InventoriesMessage: Sendable, Codable, SchemaProviding {
    var generation: Int
    var inventories: [String: InventoryMessage]

    static let schema = Schema.object(
        ObjectSchema([
            .init("generation", PlacementWords.generation),
            .init(
                "inventories",
                .object(ObjectSchema([], others: .each(keyPattern: "^[A-Z0-9_]{1,255}$", InventoryMessage.schema)))),
        ]))

    init(_ view: InventoriesView) {
        generation = view.generation
        inventories = view.inventories.named(InventoryMessage.init)
    }

    var view: InventoriesView {
        InventoriesView(generation: generation, inventories: inventories.classed(\.inventory))
    }
}

/// Inventories by provider; one that is gone is left out.
struct InventoryListMessage: Sendable, Codable {
    var providers: [String: InventoriesMessage]
}

/// All that one consumer holds.
struct HoldingMessage: Sendable, Codable, SchemaProviding {
    var consumer: ConsumerID
    var allocations: [String: [String: Int]]
    var project: String
    var user: String
    var generation: Int

    private static let name = Schema.text(minLength: 1, maxLength: 255, pattern: nil, format: nil)
    static let schema = Schema.object(
        ObjectSchema([
            .init("consumer", .uuid),
            .init("allocations", .object(ObjectSchema([], others: .each(keyPattern: nil, PlacementWords.amounts)))),
            .init("project", name), .init("user", name), .init("generation", PlacementWords.generation),
        ]))

    init(_ holding: ConsumerHolding) {
        consumer = holding.consumer
        project = holding.project
        user = holding.user
        generation = holding.generation
        allocations = [:]
        for (provider, amounts) in holding.allocations { allocations["\(provider)"] = amounts.named(\.self) }
    }

    /// Throws 400 where a provider's id is none.
    func holding() throws(Fault) -> ConsumerHolding {
        var held: [ResourceProviderID: [ResourceClass: Int]] = [:]
        for (text, amounts) in allocations { held[try ResourceProviderID(named: text)] = amounts.classed(\.self) }
        return ConsumerHolding(
            consumer: consumer, allocations: held, project: project, user: user, generation: generation)
    }
}

struct HoldingListMessage: Sendable, Codable {
    var holdings: [HoldingMessage]
}

/// Inventories and what consumers hold of them, to be replaced in one step.
struct ReshapeMessage: Sendable, Codable, SchemaProviding {
    var inventories: [String: InventoriesMessage]
    var holdings: [HoldingMessage]

    static let schema = Schema.object(
        ObjectSchema([
            .init("inventories", .object(ObjectSchema([], others: .each(keyPattern: nil, InventoriesMessage.schema)))),
            .init("holdings", .array(of: HoldingMessage.schema, minItems: nil, maxItems: 100_000, unique: false)),
        ]))

    init(_ change: PlacementReshape) {
        inventories = [:]
        for (provider, view) in change.inventories { inventories["\(provider)"] = InventoriesMessage(view) }
        holdings = change.holdings.map(HoldingMessage.init)
    }

    /// Throws 400 where a provider's id is none.
    func reshape() throws(Fault) -> PlacementReshape {
        var views: [ResourceProviderID: InventoriesView] = [:]
        for (text, message) in inventories { views[try ResourceProviderID(named: text)] = message.view }
        var changed: [ConsumerHolding] = []
        for message in holdings { changed.append(try message.holding()) }
        return PlacementReshape(inventories: views, holdings: changed)
    }
}

extension ResourceProviderID {
    init(named text: String) throws(Fault) {
        guard let id = ResourceProviderID(text) else {
            throw .badRequest("'\(text.prefix(80))' is not a UUID, which a provider's key must be.", field: "providers")
        }
        self = id
    }
}

extension Dictionary where Key == ResourceClass {
    func named<Message>(_ form: (Value) -> Message) -> [String: Message] {
        Dictionary<String, Message>(map { ($0.key.name, form($0.value)) }) { first, _ in first }
    }
}

extension Dictionary where Key == String {
    func classed<Element>(_ form: (Value) -> Element) -> [ResourceClass: Element] {
        Dictionary<ResourceClass, Element>(map { (ResourceClass(unchecked: $0.key), form($0.value)) }) { first, _ in
            first
        }
    }
}
