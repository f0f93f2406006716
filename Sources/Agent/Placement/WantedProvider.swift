import Model

/// What Placement should hold of one deployable.
struct WantedProvider: Sendable, Equatable {
    let id: ResourceProviderID
    let name: String
    let resourceClass: ResourceClass
    let total: Int
    let traits: Set<Trait>
    /// The whole capacity is reserved: the device is disabled, dirty, quarantined or gone while it is held.
    var isWithheld: Bool

    /// The providers of a report, and what of it cannot be a provider, a sentence each.
    static func all(
        of devices: [DeviceReport], withheld: Set<ResourceProviderID>
    ) -> (wanted: [WantedProvider], problems: [String]) {
        var wanted: [WantedProvider] = []
        var problems: [String] = []
        for deployable in devices.flatMap(\.deployables) {
            guard (0...Inventory.limit).contains(deployable.accelerators) else {
                problems.append("\(deployable.name): \(deployable.accelerators) is no number of accelerators")
                continue
            }
            guard let resourceClass = ResourceClass(deployable.resourceClass) else {
                problems.append("\(deployable.name): '\(deployable.resourceClass)' is no resource class")
                continue
            }
            let traits = deployable.traits.compactMap(Trait.init)
            if traits.count < deployable.traits.count {
                problems.append("\(deployable.name): one of its traits has no trait's form and is left out")
            }
            wanted.append(
                WantedProvider(
                    id: deployable.resourceProvider, name: deployable.name, resourceClass: resourceClass,
                    // Placement knows no inventory of nothing: what has no room now is withheld until it has.
                    total: max(1, deployable.accelerators), traits: Set(traits),
                    isWithheld: deployable.accelerators == 0 || withheld.contains(deployable.resourceProvider)))
        }
        return (wanted, problems)
    }
}
