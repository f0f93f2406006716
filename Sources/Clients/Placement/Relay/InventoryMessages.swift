package import Model

/// The inventory of one class.
package struct InventoryMessage: Sendable, Codable {
    package var total: Int
    package var reserved: Int
    package var minUnit: Int
    package var maxUnit: Int
    package var stepSize: Int
    package var allocationRatio: Double

    package init(_ inventory: Inventory) {
        total = inventory.total
        reserved = inventory.reserved
        minUnit = inventory.minUnit
        maxUnit = inventory.maxUnit
        stepSize = inventory.stepSize
        allocationRatio = inventory.allocationRatio
    }

    package var inventory: Inventory {
        Inventory(
            total: total, reserved: reserved, minUnit: minUnit, maxUnit: maxUnit, stepSize: stepSize,
            allocationRatio: allocationRatio)
    }
}

/// All inventories of a provider, and the generation they were seen or left at.
package struct InventoriesMessage: Sendable, Codable {
    package var generation: Int
    package var inventories: [String: InventoryMessage]

    package init(_ view: InventoriesView) {
        generation = view.generation
        inventories = view.inventories.named(InventoryMessage.init)
    }

    package var view: InventoriesView {
        InventoriesView(generation: generation, inventories: inventories.classed(\.inventory))
    }
}

/// Inventories by provider; one that is gone is left out.
package struct InventoryListMessage: Sendable, Codable {
    package var providers: [String: InventoriesMessage]

    package init(providers: [String: InventoriesMessage]) {
        self.providers = providers
    }
}

/// All that one consumer holds.
package struct HoldingMessage: Sendable, Codable {
    package var consumer: ConsumerID
    package var allocations: [String: [String: Int]]
    package var project: String
    package var user: String
    package var generation: Int

    package init(_ holding: ConsumerHolding) {
        consumer = holding.consumer
        project = holding.project
        user = holding.user
        generation = holding.generation
        allocations = [:]
        for (provider, amounts) in holding.allocations { allocations["\(provider)"] = amounts.named(\.self) }
    }

    /// Throws 400 where a provider's id is none.
    package func holding() throws(Fault) -> ConsumerHolding {
        var held: [ResourceProviderID: [ResourceClass: Int]] = [:]
        for (text, amounts) in allocations { held[try ResourceProviderID(named: text)] = amounts.classed(\.self) }
        return ConsumerHolding(
            consumer: consumer, allocations: held, project: project, user: user, generation: generation)
    }
}

package struct HoldingListMessage: Sendable, Codable {
    package var holdings: [HoldingMessage]

    package init(holdings: [HoldingMessage]) {
        self.holdings = holdings
    }
}

/// Inventories and what consumers hold of them, to be replaced in one step.
package struct ReshapeMessage: Sendable, Codable {
    package var inventories: [String: InventoriesMessage]
    package var holdings: [HoldingMessage]

    package init(_ change: PlacementReshape) {
        inventories = [:]
        for (provider, view) in change.inventories { inventories["\(provider)"] = InventoriesMessage(view) }
        holdings = change.holdings.map(HoldingMessage.init)
    }

    /// Throws 400 where a provider's id is none.
    package func reshape() throws(Fault) -> PlacementReshape {
        var views: [ResourceProviderID: InventoriesView] = [:]
        for (text, message) in inventories { views[try ResourceProviderID(named: text)] = message.view }
        var changed: [ConsumerHolding] = []
        for message in holdings { changed.append(try message.holding()) }
        return PlacementReshape(inventories: views, holdings: changed)
    }
}

extension ResourceProviderID {
    package init(named text: String) throws(Fault) {
        guard let id = ResourceProviderID(text) else {
            throw .badRequest("'\(text.prefix(80))' is not a UUID, which a provider's key must be.", field: "providers")
        }
        self = id
    }
}

extension Dictionary where Key == ResourceClass {
    package func named<Message>(_ form: (Value) -> Message) -> [String: Message] {
        Dictionary<String, Message>(map { ($0.key.name, form($0.value)) }) { first, _ in first }
    }
}

extension Dictionary where Key == String {
    package func classed<Element>(_ form: (Value) -> Element) -> [ResourceClass: Element] {
        Dictionary<ResourceClass, Element>(map { (ResourceClass(unchecked: $0.key), form($0.value)) }) { first, _ in
            first
        }
    }
}
