import Model

/// Placement's refusals, with the codes and phrases that clients look for.
enum PlacementFault {
    enum Code {
        static let concurrentUpdate = "placement.concurrent_update"
        static let inventoryInUse = "placement.inventory.inuse"
        static let duplicateName = "placement.duplicate_name"
        static let providerInUse = "placement.resource_provider.inuse"
        static let cannotDeleteParent = "placement.resource_provider.cannot_delete_parent"
        static let providerNotFound = "placement.resource_provider.not_found"
        static let duplicateKey = "placement.query.duplicate_key"
        static let badValue = "placement.query.bad_value"
        static let missingValue = "placement.query.missing_value"
    }

    static func unknownProvider(_ id: ResourceProviderID) -> Fault {
        .notFound("No resource provider with uuid \(id) found.")
    }

    static func generationConflict() -> Fault {
        .conflict(
            "resource provider generation conflict: Resource provider's generation already changed. Please update the "
                + "generation and try again.", code: Code.concurrentUpdate)
    }

    static func inventoryInUse(_ classes: [ResourceClass], _ id: ResourceProviderID) -> Fault {
        let names = StandardResourceClasses.sorted(classes).map(\.name).joined(separator: ", ")
        return .conflict(
            "update conflict: Inventory for '\(names)' on resource provider '\(id)' in use.", code: Code.inventoryInUse)
    }

    static func unknownClass(_ name: ResourceClass) -> String { "No such resource class \(name)." }

    static func unknownTraits(_ traits: some Collection<Trait>) -> String {
        "No such trait(s): \(traits.map(\.name).sorted().joined(separator: ", "))."
    }
}
