import Model
import Store

/// What a resource provider offers of the requested class.
struct ProviderOffer {
    /// The deployable of that class.
    let exact: DeployableID?
    /// The provider's only deployable, of any class.
    let only: DeployableID?
    private let classes: [String]

    init(of provider: ResourceProviderID, for resourceClass: String, in transaction: any Transaction) throws {
        let deployables = try transaction.all(
            "SELECT uuid, resource_class FROM deployables WHERE resource_provider = \(provider) ORDER BY resource_class"
        ) { row -> (id: DeployableID, resourceClass: String) in (try row[0], try row[1]) }
        exact = deployables.first { $0.resourceClass == resourceClass }?.id
        only = deployables.count == 1 ? deployables[0].id : nil
        classes = deployables.map(\.resourceClass)
    }

    func refusal(of provider: ResourceProviderID, for resourceClass: String) -> Fault {
        if classes.isEmpty {
            return .notFound("No deployable has the resource provider \(provider). Nothing was bound.")
        }
        return .notFound(
            "The resource provider \(provider) has \(classes.joined(separator: " and ")), not \(resourceClass). "
                + "Nothing was bound.")
    }
}
