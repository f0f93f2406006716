import Drivers
import Model

/// The wanted state of one provider in Placement.
struct WantedProvider: Sendable, Equatable {
    /// The inventory of one class.
    struct Stock: Sendable, Equatable {
        var total: Int
        /// Whether the complete capacity is reserved: the device is disabled, dirty, quarantined, or gone while it is
        /// held.
        var isWithheld: Bool
    }

    let id: ResourceProviderID
    let name: String
    /// The parent; nil for the host's own provider.
    var parent: ResourceProviderID?
    /// Empty for a NUMA node, which has only its trait.
    var stocks: [ResourceClass: Stock]
    /// The traits for all its classes: in Placement, a trait belongs to a provider, not to an inventory.
    var traits: Set<Trait>
    /// Whether units of different classes are different units, so that a held class that is no longer wanted does not
    /// affect the others. If there is only one unit, it cannot be offered as something else while it is held.
    let isDivided: Bool

    /// Whether anything of it is withheld.
    var isWithheld: Bool { stocks.values.contains(where: \.isWithheld) }

    /// The providers of a report, and why parts of it cannot be providers, one sentence each.
    static func all(
        of devices: [DeviceReport], withheld: Set<ProviderPart>
    ) -> (wanted: [WantedProvider], problems: [String]) {
        var wanted: [WantedProvider] = []
        var places: [ResourceProviderID: Int] = [:]
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
            let id = deployable.resourceProvider
            let parent = deployable.parentName.map { ProviderNames.identifier(ofProvider: $0) }
            if let parent, let name = deployable.parentName, places[parent] == nil {
                places[parent] = wanted.count
                wanted.append(
                    WantedProvider(
                        id: parent, name: name, stocks: [:], traits: [Trait(unchecked: ProviderLayout.nodeTrait)],
                        isDivided: true))
            }
            let stock = Stock(
                // Placement knows no inventory of nothing: what has no room now is withheld until it has.
                total: max(1, deployable.accelerators),
                isWithheld: deployable.accelerators == 0 || withheld.contains(id, deployable.resourceClass))
            if let place = places[id] {
                guard wanted[place].stocks[resourceClass] == nil else {
                    problems.append("\(deployable.name): its provider has '\(resourceClass)' already")
                    continue
                }
                wanted[place].stocks[resourceClass] = stock
                wanted[place].traits.formUnion(traits)
            } else {
                places[id] = wanted.count
                wanted.append(
                    WantedProvider(
                        id: id, name: deployable.providerName ?? deployable.name, parent: parent,
                        stocks: [resourceClass: stock],
                        traits: Set(traits), isDivided: deployable.providerName != nil))
            }
        }
        return (wanted, problems)
    }
}
