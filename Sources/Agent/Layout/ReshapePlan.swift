import Clients
import Drivers
import Link
import Model

/// What a change of layout does in Placement: computed from what stands there, without touching it.
///
/// Level-triggered: allocations are taken from wherever they are, in the layout before or in the one to come, and put where the
/// target has them. So the same computation begins a conversion, goes on with one that was cut off, and undoes one.
struct ReshapePlan: Sendable, Equatable {
    let reshape: PlacementReshape
    /// An administrator's own reservations of the target's providers.
    let reserved: [ResourceProviderID: [ResourceClass: Int]]
    /// Allocations that move, of how many consumers.
    let moved: Int

    /// What stands in Placement.
    struct Scene: Sendable {
        var inventories: [ResourceProviderID: InventoriesView]
        var holdings: [ConsumerHolding]
        var handles: [HandleHolding]
        /// An administrator's own reservations, where they are known apart from what is withheld.
        var reserved: [ResourceProviderID: [ResourceClass: Int]]
    }

    /// What the plan is for.
    enum Purpose: Sendable {
        /// All providers of a host give way to others.
        case conversion
        /// Some units of groups go to other groups. What is held stays of its class, and stays where it is as long as it can.
        case regrouping
    }

    private struct Place: Hashable {
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
    }

    /// Where what is held of each place of the layout before goes.
    private struct Goals {
        private var known: [Place: [Place]] = [:]
        private var any: [ResourceProviderID: [Place]] = [:]

        init(_ change: LayoutChange, to new: [DeployableReport], _ purpose: Purpose) {
            let targets = Set(new.map(\.resourceProvider))
            let places = Set(new.compactMap { Place($0.resourceProvider, $0.resourceClass) })
            for move in change.moves {
                guard let from = Place(move.from, move.resourceClass) else { continue }
                let goals = move.to.compactMap { Place($0.provider, $0.resourceClass) }
                var own = goals
                if purpose == .regrouping {
                    own.removeAll { $0.resourceClass != from.resourceClass }
                    // What is left of a group is where its claims stay as long as they can.
                    if places.contains(from), !own.contains(from) { own.insert(from, at: 0) }
                }
                known[from, default: []] += own.filter { known[from]?.contains($0) != true }
                // What was claimed when the provider had another class.
                if !targets.contains(move.from) { any[move.from, default: []] += goals }
            }
        }

        func of(_ place: Place) -> [Place] { known[place] ?? any[place.provider] ?? [] }
    }

    /// Throws 409 where a consumer's allocation fits nowhere in the target of a conversion.
    init(
        from old: [DeviceReport], to new: [DeviceReport], _ scene: Scene, for purpose: Purpose = .conversion
    ) throws(Fault) {
        let targets = new.flatMap(\.deployables)
        let isTarget = Set(targets.map(\.resourceProvider))
        let change = LayoutChange(from: old, to: new)
        let goals = Goals(change, to: targets, purpose)

        // Who holds which unit, and so where it goes.
        var room: [Place: Int] = [:]
        for deployable in targets {
            guard let place = Place(deployable.resourceProvider, deployable.resourceClass) else { continue }
            room[place] = deployable.accelerators
        }
        let places = new.places
        var bound: [ConsumerID: [(provider: ResourceProviderID, place: Place)]] = [:]
        for handle in scene.handles {
            guard let part = places[HostUnit(handle)], let place = Place(part.provider, part.resourceClass ?? "")
            else { continue }
            bound[ConsumerID(handle.instance.uuid), default: []].append((handle.provider, place))
        }

        // What stays on the target counts first.
        for holding in scene.holdings {
            for (provider, amounts) in holding.allocations where isTarget.contains(provider) {
                for (resourceClass, amount) in amounts where goals.of(Place(provider, resourceClass)).isEmpty {
                    room[Place(provider, resourceClass)]? -= amount
                }
            }
        }
        var holdings = scene.holdings
        // Whose handle says where it goes first, then whoever may go anywhere.
        var open: [(index: Int, from: Place, amount: Int, choices: [Place])] = []
        for index in holdings.indices {
            for (provider, amounts) in holdings[index].allocations.sorted(by: { $0.key < $1.key }) {
                for (resourceClass, amount) in amounts.sorted(by: { $0.key < $1.key }) {
                    let here = Place(provider, resourceClass)
                    let choices = goals.of(here)
                    guard !choices.isEmpty else { continue }
                    var left = amount
                    holdings[index].take(provider, resourceClass)
                    var own = bound[holdings[index].consumer] ?? []
                    // The record may be a step behind Placement, or before it.
                    while left > 0,
                        let next = own.firstIndex(where: { $0.provider == provider && choices.contains($0.place) })
                            ?? own.firstIndex(where: { choices.contains($0.place) })
                    {
                        let place = own.remove(at: next).place
                        holdings[index].put(1, place.provider, place.resourceClass)
                        room[place]? -= 1
                        left -= 1
                    }
                    bound[holdings[index].consumer] = own
                    if left > 0 { open.append((index, here, left, choices)) }
                }
            }
        }
        for entry in open {
            var left = entry.amount
            for place in entry.choices where left > 0 {
                // With one place to go, what is held goes there even when the inventory is smaller than what is held.
                let taken = entry.choices.count == 1 ? left : min(left, max(0, room[place] ?? 0))
                guard taken > 0 else { continue }
                holdings[entry.index].put(taken, place.provider, place.resourceClass)
                room[place]? -= taken
                left -= taken
            }
            guard left > 0 else { continue }
            guard purpose == .regrouping else {
                throw Fault.conflict(
                    "\(left) units that \(holdings[entry.index].consumer) holds of \(entry.from.provider) have no place in the other layout."
                )
            }
            holdings[entry.index].put(left, entry.choices[0].provider, entry.choices[0].resourceClass)
        }

        // Inventories: the target's with all that is free withheld, the others' empty.
        var used: [Place: Int] = [:]
        for holding in holdings {
            for (provider, amounts) in holding.allocations where isTarget.contains(provider) {
                for (resourceClass, amount) in amounts { used[Place(provider, resourceClass), default: 0] += amount }
            }
        }
        var inventories = Self.inventories(of: targets, used, scene)
        for device in old {
            for deployable in device.deployables where !isTarget.contains(deployable.resourceProvider) {
                guard let view = scene.inventories[deployable.resourceProvider], !view.inventories.isEmpty else {
                    continue
                }
                inventories[deployable.resourceProvider] = InventoriesView(
                    generation: view.generation, inventories: [:])
            }
        }
        let moving = zip(scene.holdings, holdings).filter { $0.allocations != $1.allocations }.map(\.1)
        reshape = PlacementReshape(inventories: inventories, holdings: moving)
        moved = moving.count
        let amounts = Self.reservations(old, goals, scene, used, targets)
        guard purpose == .regrouping else {
            reserved = amounts
            return
        }
        // What is not reserved is said, too: done again, what stands in Placement by then is the agent's own reservation.
        reserved = room.keys.reduce(into: amounts) { all, place in
            all[place.provider, default: [:]][place.resourceClass, default: 0] += 0
        }
    }

    /// The inventories of the target's providers: what is held of each class, and the rest reserved. What is held of a class that
    /// is none of theirs stays.
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

    /// An administrator's reservation goes where its inventory goes: all of it into a group, and from a group to as many of its
    /// free parts. What stays keeps its own.
    private static func reservations(
        _ old: [DeviceReport], _ goals: Goals, _ scene: Scene, _ used: [Place: Int], _ targets: [DeployableReport]
    ) -> [ResourceProviderID: [ResourceClass: Int]] {
        var reserved: [ResourceProviderID: [ResourceClass: Int]] = [:]
        var totals: [Place: Int] = [:]
        for deployable in targets {
            guard let place = Place(deployable.resourceProvider, deployable.resourceClass) else { continue }
            totals[place] = deployable.accelerators
        }
        var sources: [Place] = []
        var seen: Set<Place> = []
        for deployable in old.flatMap(\.deployables) {
            guard let from = Place(deployable.resourceProvider, deployable.resourceClass) else { continue }
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

extension ConsumerHolding {
    fileprivate mutating func put(_ amount: Int, _ provider: ResourceProviderID, _ resourceClass: ResourceClass) {
        allocations[provider, default: [:]][resourceClass, default: 0] += amount
    }

    fileprivate mutating func take(_ provider: ResourceProviderID, _ resourceClass: ResourceClass) {
        allocations[provider]?[resourceClass] = nil
        if allocations[provider]?.isEmpty == true { allocations[provider] = nil }
    }
}
