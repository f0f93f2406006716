import Clients
import Drivers
import Link
import Model

/// What consumers hold, on its way from the layout before to the target: a step for each reason that says where it goes.
struct ReshapeMoves {
    typealias Place = ReshapePlan.Place

    /// Units of one consumer that no handle sends anywhere.
    private struct Open {
        let consumer: Int
        let from: Place
        let amount: Int
        let choices: [Place]
    }

    private let goals: ReshapeGoals
    private(set) var holdings: [ConsumerHolding]
    /// What is left of each place of the target; below zero where more is held than there is.
    private(set) var room: [Place: Int] = [:]
    /// Units that consumers have handles of: the provider by the record, and where they go.
    private var bound: [ConsumerID: [(provider: ResourceProviderID, place: Place)]] = [:]
    private var open: [Open] = []

    init(_ scene: ReshapePlan.Scene, to new: [DeviceReport], _ goals: ReshapeGoals) {
        self.goals = goals
        holdings = scene.holdings
        for deployable in new.flatMap(\.deployables) {
            guard let place = Place(deployable) else { continue }
            room[place] = deployable.accelerators
        }
        let places = new.places
        for handle in scene.handles {
            guard let part = places[HostUnit(handle)], let place = Place(part.provider, part.resourceClass ?? "")
            else { continue }
            bound[ConsumerID(handle.instance.uuid), default: []].append((handle.provider, place))
        }
    }

    /// What stays on the target counts first.
    mutating func keepWhatStays(on targets: Set<ResourceProviderID>) {
        for holding in holdings {
            for (provider, amounts) in holding.allocations where targets.contains(provider) {
                for (resourceClass, amount) in amounts where goals.of(Place(provider, resourceClass)).isEmpty {
                    room[Place(provider, resourceClass)]? -= amount
                }
            }
        }
    }

    /// Takes up all that moves, and puts what has a handle where the handle's unit is.
    mutating func moveWhatHandlesName() {
        for index in holdings.indices {
            for (provider, amounts) in holdings[index].allocations.sorted(by: { $0.key < $1.key }) {
                for (resourceClass, amount) in amounts.sorted(by: { $0.key < $1.key }) {
                    let from = Place(provider, resourceClass)
                    let choices = goals.of(from)
                    guard !choices.isEmpty else { continue }
                    holdings[index].take(provider, resourceClass)
                    let left = putBound(amount, from: provider, to: choices, of: index)
                    if left > 0 { open.append(Open(consumer: index, from: from, amount: left, choices: choices)) }
                }
            }
        }
    }

    /// Answers how many units no handle of the consumer names.
    private mutating func putBound(
        _ amount: Int, from provider: ResourceProviderID, to choices: [Place], of index: Int
    ) -> Int {
        var left = amount
        let consumer = holdings[index].consumer
        var own = bound[consumer] ?? []
        // The record may be a step behind Placement, or before it.
        while left > 0,
            let next = own.firstIndex(where: { $0.provider == provider && choices.contains($0.place) })
                ?? own.firstIndex(where: { choices.contains($0.place) })
        {
            put(1, own.remove(at: next).place, of: index)
            left -= 1
        }
        bound[consumer] = own
        return left
    }

    /// Puts whoever may go anywhere where there is room.
    ///
    /// Throws 409 where there is none in the target of a conversion; groups have it stay of its class.
    mutating func moveTheRest(for purpose: ReshapePlan.Purpose) throws(Fault) {
        for entry in open {
            var left = entry.amount
            for place in entry.choices where left > 0 {
                // With one place to go, what is held goes there even when the inventory is smaller than what is held.
                let taken = entry.choices.count == 1 ? left : min(left, max(0, room[place] ?? 0))
                guard taken > 0 else { continue }
                put(taken, place, of: entry.consumer)
                left -= taken
            }
            guard left > 0 else { continue }
            guard purpose == .regrouping else {
                let consumer = holdings[entry.consumer].consumer
                throw Fault.conflict(
                    "\(left) units that \(consumer) holds of \(entry.from.provider) have no place in the other layout.")
            }
            let first = entry.choices[0]
            holdings[entry.consumer].put(left, first.provider, first.resourceClass)
        }
    }

    private mutating func put(_ amount: Int, _ place: Place, of index: Int) {
        holdings[index].put(amount, place.provider, place.resourceClass)
        room[place]? -= amount
    }

    /// What is held of each place of these providers.
    func used(of providers: Set<ResourceProviderID>) -> [Place: Int] {
        var used: [Place: Int] = [:]
        for holding in holdings {
            for (provider, amounts) in holding.allocations where providers.contains(provider) {
                for (resourceClass, amount) in amounts { used[Place(provider, resourceClass), default: 0] += amount }
            }
        }
        return used
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
