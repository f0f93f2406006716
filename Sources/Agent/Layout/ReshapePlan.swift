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

    private struct Place: Hashable {
        let provider: ResourceProviderID
        let resourceClass: ResourceClass
    }

    private struct Unit: Hashable {
        let driver: String
        let info: [String: String]
    }

    /// Throws 409 where a consumer's allocation fits nowhere in the target.
    init(from old: [DeviceReport], to new: [DeviceReport], _ scene: Scene) throws(Fault) {
        let targets = new.flatMap(\.deployables)
        let isTarget = Set(targets.map(\.resourceProvider))
        let change = LayoutChange(from: old, to: new)
        let moves = Dictionary(change.moves.map { ($0.from, $0.to) }) { first, _ in first }

        // Who holds which unit, and so where it goes.
        var places: [Unit: Place] = [:]
        var room: [Place: Int] = [:]
        for device in new {
            for deployable in device.deployables {
                guard let resourceClass = ResourceClass(deployable.resourceClass) else { continue }
                let place = Place(provider: deployable.resourceProvider, resourceClass: resourceClass)
                room[place] = deployable.accelerators
                for handle in deployable.handles { places[Unit(driver: device.driver, info: handle.info)] = place }
            }
        }
        var bound: [ConsumerID: [ResourceProviderID: [Place]]] = [:]
        for handle in scene.handles {
            guard let place = places[Unit(driver: handle.driver, info: handle.info)] else { continue }
            bound[ConsumerID(handle.instance.uuid), default: [:]][handle.provider, default: []].append(place)
        }

        // What is on the target already counts first.
        for holding in scene.holdings {
            for (provider, amounts) in holding.allocations where isTarget.contains(provider) {
                for (resourceClass, amount) in amounts {
                    room[Place(provider: provider, resourceClass: resourceClass)]? -= amount
                }
            }
        }
        var holdings = scene.holdings
        var isMoved: [Bool] = Array(repeating: false, count: holdings.count)
        // Whose handle says where it goes first, then whoever may go anywhere.
        var open: [(index: Int, from: ResourceProviderID, amount: Int, choices: [Place])] = []
        for index in holdings.indices {
            for (provider, amounts) in holdings[index].allocations.sorted(by: { $0.key < $1.key }) {
                guard !isTarget.contains(provider), let goals = moves[provider] else { continue }
                let choices = goals.compactMap { goal in
                    ResourceClass(goal.resourceClass).map { Place(provider: goal.provider, resourceClass: $0) }
                }
                guard !choices.isEmpty else { continue }
                var left = amounts.values.reduce(0, +)
                holdings[index].allocations[provider] = nil
                isMoved[index] = true
                for place in bound[holdings[index].consumer]?[provider] ?? [] where left > 0 && choices.contains(place)
                {
                    holdings[index].put(1, place.provider, place.resourceClass)
                    room[place]? -= 1
                    left -= 1
                }
                if left > 0 { open.append((index, provider, left, choices)) }
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
            guard left == 0 else {
                throw Fault.conflict(
                    "\(left) units that \(holdings[entry.index].consumer) holds of \(entry.from) have no place in the other layout."
                )
            }
        }

        // Inventories: the target's with all that is free withheld, the others' empty.
        var used: [Place: Int] = [:]
        for holding in holdings {
            for (provider, amounts) in holding.allocations where isTarget.contains(provider) {
                for (resourceClass, amount) in amounts {
                    used[Place(provider: provider, resourceClass: resourceClass), default: 0] += amount
                }
            }
        }
        var inventories: [ResourceProviderID: InventoriesView] = [:]
        for deployable in targets {
            guard let view = scene.inventories[deployable.resourceProvider],
                let resourceClass = ResourceClass(deployable.resourceClass), deployable.accelerators > 0
            else { continue }
            let place = Place(provider: deployable.resourceProvider, resourceClass: resourceClass)
            let held = used[place] ?? 0
            let total = max(deployable.accelerators, held)
            inventories[deployable.resourceProvider] = InventoriesView(
                generation: view.generation,
                inventories: [
                    resourceClass: Inventory(total: total, reserved: total - held, minUnit: 1, maxUnit: total)
                ])
        }
        for device in old {
            for deployable in device.deployables where !isTarget.contains(deployable.resourceProvider) {
                guard let view = scene.inventories[deployable.resourceProvider], !view.inventories.isEmpty else {
                    continue
                }
                inventories[deployable.resourceProvider] = InventoriesView(
                    generation: view.generation, inventories: [:])
            }
        }
        reshape = PlacementReshape(
            inventories: inventories, holdings: zip(holdings, isMoved).filter(\.1).map(\.0))
        moved = isMoved.count { $0 }
        var held: [ResourceProviderID: Int] = [:]
        for (place, amount) in used { held[place.provider, default: 0] += amount }
        reserved = Self.reservations(change, scene, held, targets)
    }

    /// An administrator's reservation goes where its inventory goes: all of it into a group, and from a group to as many of its
    /// free parts.
    private static func reservations(
        _ change: LayoutChange, _ scene: Scene, _ used: [ResourceProviderID: Int], _ targets: [DeployableReport]
    ) -> [ResourceProviderID: [ResourceClass: Int]] {
        var reserved: [ResourceProviderID: [ResourceClass: Int]] = [:]
        let totals = Dictionary(targets.map { ($0.resourceProvider, $0.accelerators) }) { first, _ in first }
        for move in change.moves {
            let own =
                scene.reserved[move.from]?.values.reduce(0, +)
                ?? scene.inventories[move.from]?.inventories.values.map(\.reserved).reduce(0, +) ?? 0
            var left = own
            for goal in move.to where left > 0 {
                guard let resourceClass = ResourceClass(goal.resourceClass) else { continue }
                let already = reserved[goal.provider]?[resourceClass] ?? 0
                let free = max(0, (totals[goal.provider] ?? 0) - (used[goal.provider] ?? 0) - already)
                let taken = move.to.count == 1 ? min(left, (totals[goal.provider] ?? 0) - already) : min(left, free)
                guard taken > 0 else { continue }
                reserved[goal.provider, default: [:]][resourceClass] = already + taken
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
}
