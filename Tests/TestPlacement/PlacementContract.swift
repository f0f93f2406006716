import Clients
import Model
public import Testing

/// What every client of Placement does, whether it calls in process or over HTTP: one case of the contract.
public struct PlacementContract: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    private let body: @Sendable (PlacementUnderTest) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (PlacementUnderTest) async throws -> Void) {
        testDescription = description
        self.body = body
    }

    public func check(_ placement: PlacementUnderTest) async throws { try await body(placement) }

    public static let all = providers + contents + reshapes

    static let gpu = ResourceClass(unchecked: "CUSTOM_CONTRACT_GPU")
    static let nic = ResourceClass(unchecked: "CUSTOM_CONTRACT_NIC")
    static let fast = Trait(unchecked: "CUSTOM_CONTRACT_FAST")
    static let concurrent = "placement.concurrent_update"

    static func id() -> ResourceProviderID { IDSource.random.next() }

    /// A root with a leaf below it, which has four of `gpu`, and its generation.
    static func tree(
        _ client: any PlacementClient
    ) async throws -> (root: ResourceProviderID, leaf: ResourceProviderID, generation: Int) {
        let (root, leaf) = (id(), id())
        _ = try await client.createProvider(root, name: "root \(root)", parent: nil)
        _ = try await client.createProvider(leaf, name: "leaf \(leaf)", parent: root)
        try await client.ensure(resourceClass: gpu)
        let generation = try await client.setInventories(of: leaf, generation: 0, to: [gpu: Inventory(total: 4)])
        return (root, leaf, generation)
    }

    /// The call fails with this status and code.
    static func refuses(
        _ status: Int, _ code: String? = nil, sourceLocation: SourceLocation = #_sourceLocation,
        _ call: () async throws -> Void
    ) async {
        let fault = await #expect(throws: Fault.self, sourceLocation: sourceLocation) { try await call() }
        #expect(fault?.kind.status == status, "\(fault?.message ?? "")", sourceLocation: sourceLocation)
        if let code { #expect(fault?.code == code, sourceLocation: sourceLocation) }
    }
}
