import Clients
import FoundationEssentials
import Model
import NIOHTTP1

/// Placement for the agent of a host, through the control plane's `PlacementRelay`.
struct RelayedPlacementClient: PlacementClient {
    private let link: HTTPAgentLink

    init(_ link: HTTPAgentLink) {
        self.link = link
    }

    func provider(_ id: ResourceProviderID) async throws(Fault) -> ResourceProviderView? {
        do throws(Fault) {
            return try await get(ProviderMessage.self, "providers/\(id)").view
        } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }

    func provider(named name: String) async throws(Fault) -> ResourceProviderView? {
        try await get(ProviderListMessage.self, "providers?name=\(name.percentEncoded)").providers.first?.view
    }

    func tree(of id: ResourceProviderID) async throws(Fault) -> [ResourceProviderView] {
        try await get(ProviderListMessage.self, "providers?in_tree=\(id)").providers.map(\.view)
    }

    func createProvider(
        _ id: ResourceProviderID, name: String, parent: ResourceProviderID?
    ) async throws(Fault) -> ResourceProviderView {
        try await send(
            ProviderMessage.self, .PUT, "providers/\(id)", NewProviderMessage(name: name, parent: parent)
        ).view
    }

    func deleteProvider(_ id: ResourceProviderID) async throws(Fault) { try await send(.DELETE, "providers/\(id)") }

    func inventories(of id: ResourceProviderID) async throws(Fault) -> InventoriesView {
        try await get(InventoriesMessage.self, "providers/\(id)/inventories").view
    }

    func setInventories(
        of id: ResourceProviderID, generation: Int, to inventories: [ResourceClass: Inventory]
    ) async throws(Fault) -> Int {
        try await send(
            GenerationMessage.self, .PUT, "providers/\(id)/inventories",
            InventoriesMessage(InventoriesView(generation: generation, inventories: inventories))
        ).generation
    }

    func traits(of id: ResourceProviderID) async throws(Fault) -> TraitsView {
        let found = try await get(TraitsMessage.self, "providers/\(id)/traits")
        return TraitsView(generation: found.generation, traits: Set(found.traits.map(Trait.init(unchecked:))))
    }

    func setTraits(of id: ResourceProviderID, generation: Int, to traits: Set<Trait>) async throws(Fault) -> Int {
        try await send(
            GenerationMessage.self, .PUT, "providers/\(id)/traits",
            TraitsMessage(generation: generation, traits: traits.map(\.name).sorted())
        ).generation
    }

    func ensure(resourceClass: ResourceClass) async throws(Fault) {
        try await send(.PUT, "resource_classes/\(resourceClass.name)")
    }

    func ensure(trait: Trait) async throws(Fault) { try await send(.PUT, "traits/\(trait.name)") }

    func allocations(of id: ResourceProviderID) async throws(Fault) -> [ConsumerID: [ResourceClass: Int]] {
        let path = "providers/\(id)/allocations"
        var held: [ConsumerID: [ResourceClass: Int]] = [:]
        for (text, amounts) in try await get(HoldersMessage.self, path).holders {
            guard let consumer = ConsumerID(text) else {
                throw Self.unreadable("\(path) names a consumer that is not a UUID")
            }
            held[consumer] = amounts.classed(\.self)
        }
        return held
    }

    func inventories(of ids: [ResourceProviderID]) async throws(Fault) -> [ResourceProviderID: InventoriesView] {
        guard !ids.isEmpty else { return [:] }
        let found = try await send(
            InventoryListMessage.self, .POST, "inventories", ProviderIDsMessage(providers: ids))
        var views: [ResourceProviderID: InventoriesView] = [:]
        for (text, message) in found.providers { views[try ResourceProviderID(named: text)] = message.view }
        return views
    }

    func holdings(on providers: [ResourceProviderID]) async throws(Fault) -> [ConsumerHolding] {
        guard !providers.isEmpty else { return [] }
        let found = try await send(
            HoldingListMessage.self, .POST, "holdings", ProviderIDsMessage(providers: providers))
        var holdings: [ConsumerHolding] = []
        for message in found.holdings { holdings.append(try message.holding()) }
        return holdings
    }

    func reshape(_ change: PlacementReshape) async throws(Fault) {
        let (path, message) = (path("reshape"), ReshapeMessage(change))
        try await link.call(isRelayed: true) { http throws(Fault) in _ = try await http.send(.POST, path, message) }
    }

    // MARK: The wire

    private func path(_ rest: String) -> String { link.path("placement/\(rest)") }

    private func get<Message: Decodable>(_ type: Message.Type, _ rest: String) async throws(Fault) -> Message {
        let path = path(rest)
        return try Self.read(
            type, try await link.call(isRelayed: true) { http throws(Fault) in try await http.get(path) })
    }

    private func send(_ method: HTTPMethod, _ rest: String) async throws(Fault) {
        let path = path(rest)
        try await link.call(isRelayed: true) { http throws(Fault) in _ = try await http.send(method, path) }
    }

    private func send<Message: Decodable>(
        _ type: Message.Type, _ method: HTTPMethod, _ rest: String, _ body: some Encodable
    ) async throws(Fault) -> Message {
        let path = path(rest)
        return try Self.read(
            type, try await link.call(isRelayed: true) { http throws(Fault) in try await http.send(method, path, body) }
        )
    }

    private static func read<Message: Decodable>(_ type: Message.Type, _ bytes: [UInt8]) throws(Fault) -> Message {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw unreadable("\(error)")
        }
    }

    private static func unreadable(_ context: String) -> Fault {
        Fault(.badGateway, "The control plane's answer is not understood.", context: context)
    }
}
