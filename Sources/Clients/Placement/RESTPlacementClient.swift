import FoundationEssentials
import HTTPTypes
public import Model

/// Any Placement service over HTTP.
///
/// It always requests version 1.26: the first version with nesting, a response to creation, error codes, and completely
/// reserved inventories.
public struct RESTPlacementClient: PlacementClient {
    static let version = Microversion(1, 26)
    /// The code of a changed generation.
    public static let concurrentUpdate = "placement.concurrent_update"

    private let peer: ServicePeer

    public init(peer: ServicePeer) {
        self.peer = peer
    }

    public func provider(_ id: ResourceProviderID) async throws(Fault) -> ResourceProviderView? {
        let request = request(.get, "/resource_providers/\(id)")
        let answer = try await send(request)
        if answer.status == 404 { return nil }
        return try read(PlacementDocuments.Provider.self, answer, request).view
    }

    public func provider(named name: String) async throws(Fault) -> ResourceProviderView? {
        try await providers("name=\(name.percentEncoded)").first { $0.name == name }
    }

    public func tree(of id: ResourceProviderID) async throws(Fault) -> [ResourceProviderView] {
        try await providers("in_tree=\(id)")
    }

    private func providers(_ query: String) async throws(Fault) -> [ResourceProviderView] {
        try await get(PlacementDocuments.Providers.self, "/resource_providers?\(query)").providers.map(\.view)
    }

    public func createProvider(
        _ id: ResourceProviderID, name: String, parent: ResourceProviderID?
    ) async throws(Fault) -> ResourceProviderView {
        let request = try request(
            .post, "/resource_providers", PlacementDocuments.NewProvider(uuid: id, name: name, parent: parent))
        return try read(PlacementDocuments.Provider.self, try await send(request), request).view
    }

    public func deleteProvider(_ id: ResourceProviderID) async throws(Fault) {
        let request = request(.delete, "/resource_providers/\(id)")
        let answer = try await send(request)
        if answer.status != 404 { try expectSuccess(answer, request) }
    }

    public func inventories(of id: ResourceProviderID) async throws(Fault) -> InventoriesView {
        let found = try await get(PlacementDocuments.Inventories.self, "/resource_providers/\(id)/inventories")
        var inventories: [ResourceClass: Inventory] = [:]
        for (name, record) in found.inventories { inventories[ResourceClass(unchecked: name)] = record.inventory }
        return InventoriesView(generation: found.generation, inventories: inventories)
    }

    public func setInventories(
        of id: ResourceProviderID, generation: Int, to inventories: [ResourceClass: Inventory]
    ) async throws(Fault) -> Int {
        var records: [String: PlacementDocuments.InventoryRecord] = [:]
        for (resourceClass, inventory) in inventories { records[resourceClass.name] = .init(inventory) }
        let request = try request(
            .put, "/resource_providers/\(id)/inventories",
            PlacementDocuments.Inventories(generation: generation, inventories: records))
        return try read(PlacementDocuments.Inventories.self, try await send(request), request).generation
    }

    public func traits(of id: ResourceProviderID) async throws(Fault) -> TraitsView {
        let found = try await get(PlacementDocuments.Traits.self, "/resource_providers/\(id)/traits")
        return TraitsView(generation: found.generation, traits: Set(found.traits.map { Trait(unchecked: $0) }))
    }

    public func setTraits(
        of id: ResourceProviderID, generation: Int, to traits: Set<Trait>
    ) async throws(Fault) -> Int {
        let request = try request(
            .put, "/resource_providers/\(id)/traits",
            PlacementDocuments.Traits(generation: generation, traits: traits.map(\.name).sorted()))
        return try read(PlacementDocuments.Traits.self, try await send(request), request).generation
    }

    public func ensure(resourceClass: ResourceClass) async throws(Fault) {
        try await ensure("/resource_classes/\(resourceClass.name)", isCustom: resourceClass.isCustom)
    }

    public func ensure(trait: Trait) async throws(Fault) {
        try await ensure("/traits/\(trait.name)", isCustom: trait.isCustom)
    }

    /// A standard name cannot be created: the service knows it, or is too old for it and responds with 404.
    private func ensure(_ path: String, isCustom: Bool) async throws(Fault) {
        let request = request(isCustom ? .put : .get, path)
        try expectSuccess(try await send(request), request)
    }

    public func allocations(
        of id: ResourceProviderID
    ) async throws(Fault) -> [ConsumerID: [ResourceClass: Int]] {
        let path = "/resource_providers/\(id)/allocations"
        var held: [ConsumerID: [ResourceClass: Int]] = [:]
        for (consumer, amounts) in try await get(PlacementDocuments.Allocations.self, path).allocations {
            guard let consumer = ConsumerID(consumer) else {
                throw Fault(
                    .badGateway, "The placement service's response cannot be read.",
                    context: "\(path) names a consumer that is not a UUID")
            }
            for (name, amount) in amounts.resources { held[consumer, default: [:]][.init(unchecked: name)] = amount }
        }
        return held
    }
}

extension RESTPlacementClient {
    func request(
        _ method: HTTPRequest.Method, _ path: String, version: Microversion = Self.version
    ) -> PeerRequest {
        var request = peer.request(method, path, version: version)
        // A PUT without a body is refused unless it says that the body which is not there would be JSON.
        if method == .put { request.headers[.contentType] = "application/json" }
        return request
    }

    func request(
        _ method: HTTPRequest.Method, _ path: String, _ body: some Encodable, version: Microversion = Self.version
    ) throws(Fault) -> PeerRequest {
        try peer.request(method, path, body, version: version)
    }

    func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse { try await peer.send(request) }

    private func get<Document: Decodable>(_ type: Document.Type, _ path: String) async throws(Fault) -> Document {
        let request = request(.get, path)
        return try read(type, try await send(request), request)
    }

    func read<Document: Decodable>(
        _ type: Document.Type, _ answer: PeerResponse, _ request: PeerRequest
    ) throws(Fault) -> Document {
        try peer.read(type, answer, request, refusal: Self.refusal)
    }

    /// Throws the service's refusal unless the response is a success.
    func expectSuccess(_ answer: PeerResponse, _ request: PeerRequest) throws(Fault) {
        guard (200..<300).contains(answer.status) else {
            throw peer.fault(answer, to: request, Self.refusal(answer))
        }
    }

    private static func refusal(_ answer: PeerResponse) -> PeerRefusal {
        let entry = (try? JSONDecoder().decode(PlacementDocuments.Errors.self, from: Data(answer.body)))?.errors.first
        // The general explanation comes first, on lines of its own; the sentence that matters last.
        let lines = (entry?.detail ?? "").split(whereSeparator: \.isNewline).map { Self.trimmed($0) }
        var refusal = PeerRefusal(title: entry?.title, sentence: lines.last { !$0.isEmpty }, code: entry?.code)
        refusal.versions = entry.flatMap { entry in
            entry.minimum.flatMap { low in entry.maximum.map { "\(low) to \($0)" } }
        }
        return refusal
    }

    private static func trimmed(_ line: Substring) -> String {
        String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
