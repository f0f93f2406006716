import Clients
import Drivers
import Link
import Model

/// The changes of a layout change in Placement, computed from its present state without changing it.
///
/// The computation is level-triggered: allocations are taken from wherever they are, in the old layout or in the new
/// one, and put where the target has them. So the same computation starts a conversion, continues an interrupted one,
/// and undoes one.
struct ReshapePlan: Sendable, Equatable {
    let reshape: PlacementReshape
    /// An administrator's own reservations of the target's providers.
    let reserved: [ResourceProviderID: [ResourceClass: Int]]
    /// The number of consumers whose allocations move.
    let moved: Int

    /// The present state of Placement.
    struct Scene: Sendable {
        var inventories: [ResourceProviderID: InventoriesView]
        var holdings: [ConsumerHolding]
        var handles: [HandleHolding]
        /// An administrator's own reservations, if they can be distinguished from what is withheld.
        var reserved: [ResourceProviderID: [ResourceClass: Int]]
    }

    /// The purpose of the plan.
    enum Purpose: Sendable {
        /// All providers of a host are replaced.
        case conversion
        /// Some units move between groups. Allocations keep their class, and stay where they are as long as possible.
        case regrouping
    }

    /// The inventory of one class of a provider.
    struct Place: Hashable {
        let provider: ResourceProviderID
        let resourceClass: ResourceClass

        init(_ provider: ResourceProviderID, _ resourceClass: ResourceClass) {
            self.provider = provider
            self.resourceClass = resourceClass
        }

        init?(_ provider: ResourceProviderID, _ resourceClass: String) {
            guard let resourceClass = ResourceClass(resourceClass) else { return nil }
            self.init(provider, resourceClass)
        }

        init?(_ deployable: DeployableReport) {
            self.init(deployable.resourceProvider, deployable.resourceClass)
        }
    }

    /// Throws 409 if a consumer's allocation fits nowhere in the target of a conversion.
    init(
        from old: [DeviceReport], to new: [DeviceReport], _ scene: Scene, for purpose: Purpose = .conversion
    ) throws(Fault) {
        let targets = new.flatMap(\.deployables)
        let providers = Set(targets.map(\.resourceProvider))
        let goals = ReshapeGoals(LayoutChange(from: old, to: new), to: targets, purpose)
        var moves = ReshapeMoves(scene, to: new, goals)
        moves.keepWhatStays(on: providers)
        moves.moveWhatHandlesName()
        try moves.moveTheRest(for: purpose)
        let used = moves.used(of: providers)

        let inventories = Self.inventories(of: targets, used, scene).merging(
            Self.emptied(old, but: providers, scene)
        ) { kept, _ in kept }
        let moving = zip(scene.holdings, moves.holdings).filter { $0.allocations != $1.allocations }.map(\.1)
        reshape = PlacementReshape(inventories: inventories, holdings: moving)
        moved = moving.count
        let amounts = Self.reservations(old, goals, scene, used, targets)
        // What is not reserved is said, too: done again, what stands in Placement by then is the agent's own reservation.
        reserved =
            purpose == .regrouping
            ? moves.room.keys.reduce(into: amounts) { all, place in
                all[place.provider, default: [:]][place.resourceClass, default: 0] += 0
            } : amounts
    }

    /// The providers of the layout before that the target has no more: they keep nothing.
    private static func emptied(
        _ old: [DeviceReport], but targets: Set<ResourceProviderID>, _ scene: Scene
    ) -> [ResourceProviderID: InventoriesView] {
        var emptied: [ResourceProviderID: InventoriesView] = [:]
        for deployable in old.flatMap(\.deployables) where !targets.contains(deployable.resourceProvider) {
            guard let view = scene.inventories[deployable.resourceProvider], !view.inventories.isEmpty else { continue }
            emptied[deployable.resourceProvider] = InventoriesView(generation: view.generation, inventories: [:])
        }
        return emptied
    }

    /// The inventories of the target's providers: what is held of each class; the rest is reserved. Allocations of a
    /// class that a provider does not have stay.
    private static func inventories(
        of targets: [DeployableReport], _ used: [Place: Int], _ scene: Scene
    ) -> [ResourceProviderID: InventoriesView] {
        var inventories: [ResourceProviderID: InventoriesView] = [:]
        for (provider, deployables) in Dictionary(grouping: targets, by: \.resourceProvider) {
            guard let view = scene.inventories[provider] else { continue }
            var stocks: [ResourceClass: Inventory] = [:]
            var isNeeded = false
            func stock(_ resourceClass: ResourceClass, _ total: Int, _ held: Int) {
                let total = max(1, total, held)
                stocks[resourceClass] = Inventory(total: total, reserved: total - held, minUnit: 1, maxUnit: total)
            }
            for deployable in deployables {
                guard let place = Place(provider, deployable.resourceClass) else { continue }
                let held = used[place] ?? 0
                if deployable.accelerators > 0 || held > 0 { isNeeded = true }
                stock(place.resourceClass, deployable.accelerators, held)
            }
            for (resourceClass, inventory) in view.inventories where stocks[resourceClass] == nil {
                guard let held = used[Place(provider, resourceClass)], held > 0 else { continue }
                stock(resourceClass, inventory.total, held)
            }
            guard isNeeded else { continue }
            inventories[provider] = InventoriesView(generation: view.generation, inventories: stocks)
        }
        return inventories
    }

    /// An administrator's reservation moves with its inventory: all of it into a group, and from a group to as many of
    /// its free parts. A provider that stays keeps its own.
    private static func reservations(
        _ old: [DeviceReport], _ goals: ReshapeGoals, _ scene: Scene, _ used: [Place: Int],
        _ targets: [DeployableReport]
    ) -> [ResourceProviderID: [ResourceClass: Int]] {
        var reserved: [ResourceProviderID: [ResourceClass: Int]] = [:]
        var totals: [Place: Int] = [:]
        for deployable in targets {
            guard let place = Place(deployable) else { continue }
            totals[place] = deployable.accelerators
        }
        var sources: [Place] = []
        var seen: Set<Place> = []
        for deployable in old.flatMap(\.deployables) {
            guard let from = Place(deployable) else { continue }
            if seen.insert(from).inserted { sources.append(from) }
        }
        let classes = Dictionary(grouping: sources, by: \.provider).mapValues(\.count)
        for from in sources {
            let (noted, view) = (scene.reserved[from.provider], scene.inventories[from.provider]?.inventories)
            // A provider of one class has it by whatever name.
            let own =
                classes[from.provider] == 1
                ? (noted ?? view?.mapValues(\.reserved) ?? [:]).values.reduce(0, +)
                : noted?[from.resourceClass] ?? view?[from.resourceClass]?.reserved ?? 0
            var to = goals.of(from)
            if to.isEmpty, totals[from] != nil { to = [from] }
            var left = own
            for goal in to where left > 0 {
                let already = reserved[goal.provider]?[goal.resourceClass] ?? 0
                let total = totals[goal] ?? 0
                let free = max(0, total - (used[goal] ?? 0) - already)
                let taken = to.count == 1 ? min(left, total - already) : min(left, free)
                guard taken > 0 else { continue }
                reserved[goal.provider, default: [:]][goal.resourceClass] = already + taken
                left -= taken
            }
        }
        return reserved
    }
}
