public import Clients
public import Model

/// A Placement by one of its clients, and what a test must do beside it.
public struct PlacementUnderTest: Sendable {
    public typealias Holdings = [ResourceProviderID: [ResourceClass: Int]]

    public let client: any PlacementClient
    /// Lets a consumer of project `p` and user `u` hold resources, as a compute service would.
    public let claim: @Sendable (ConsumerID, Holdings) async throws -> Void

    public init(
        client: any PlacementClient, claim: @escaping @Sendable (ConsumerID, Holdings) async throws -> Void
    ) {
        self.client = client
        self.claim = claim
    }
}
