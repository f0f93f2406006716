import Clients
import Model

/// Brings one provider to its wanted state: it exists, and its inventory and traits are right.
///
/// Each step reads, compares, and writes with the generation that it read. If somebody else wrote in between, it reads
/// again.
struct Settling {
    let wanted: WantedProvider
    let root: ResourceProviderView
    private var exists: Bool
    /// The generation of a provider that this created, until something of it is written; it has no traits.
    private var made: Int?
    /// Whether this created the provider: it has no inventory, and nobody holds anything of it.
    private(set) var isFresh = false
    /// Whether only the provider and its traits are written; its inventory is written by a reshape.
    private let leavesInventory: Bool
    private var hasNamedAgain = false
    /// Standard traits that this Placement does not know, because it is too old.
    private(set) var unknownTraits: Set<Trait> = []

    init(wanted: WantedProvider, root: ResourceProviderView, exists: Bool, leavesInventory: Bool = false) {
        self.leavesInventory = leavesInventory
        self.wanted = wanted
        self.root = root
        self.exists = exists
    }

    /// Returns the resulting generation.
    mutating func run(by reconciler: isolated PlacementReconciler) async throws(Fault) -> Int {
        var last = Fault.conflict("Other clients keep changing it; the agent tries again later.")
        for _ in 1...PlacementReconciler.tries {
            do {
                try await name(by: reconciler)
                if !exists { try await create(by: reconciler) }
                if !leavesInventory { try await settleInventory(by: reconciler) }
                return try await settleTraits(by: reconciler)
            } catch {
                last = error
                guard recover(from: error, reconciler) else { throw error }
            }
        }
        throw last
    }

    /// Whether another attempt may succeed.
    private mutating func recover(from error: Fault, _ reconciler: isolated PlacementReconciler) -> Bool {
        switch error.kind {
        case .conflict: return error.code == PlacementReconciler.movedCode
        case .notFound where exists:
            // Somebody removed it in between.
            exists = false
            return true
        case .badRequest where !hasNamedAgain:
            // A class or trait that was made known may have been removed again.
            hasNamedAgain = true
            reconciler.knownClasses = []
            reconciler.knownTraits = []
            return true
        default: return false
        }
    }

    /// Creates the class and the traits if necessary.
    private mutating func name(by reconciler: isolated PlacementReconciler) async throws(Fault) {
        for resourceClass in wanted.stocks.keys.sorted() where !reconciler.knownClasses.contains(resourceClass) {
            do {
                try await reconciler.placement.ensure(resourceClass: resourceClass)
            } catch {
                throw error.isUnknown && !resourceClass.isCustom ? Self.unknown(resourceClass) : error
            }
            reconciler.knownClasses.insert(resourceClass)
        }
        for trait in wanted.traits.subtracting(reconciler.knownTraits).subtracting(unknownTraits).sorted() {
            do {
                try await reconciler.placement.ensure(trait: trait)
                reconciler.knownTraits.insert(trait)
            } catch {
                guard error.isUnknown, !trait.isCustom else { throw error }
                unknownTraits.insert(trait)
            }
        }
    }

    private static func unknown(_ resourceClass: ResourceClass) -> Fault {
        Fault(
            .unprocessable,
            "Placement knows no resource class '\(resourceClass)'; take one that it knows, or one that begins with CUSTOM_."
        )
    }

    private mutating func create(by reconciler: isolated PlacementReconciler) async throws(Fault) {
        do {
            made = try await reconciler.placement.createProvider(
                wanted.id, name: wanted.name, parent: wanted.parent ?? root.id
            )
            .generation
            isFresh = true
        } catch {
            guard error.kind == .conflict else { throw error }
            guard let found = try await reconciler.placement.provider(wanted.id) else {
                guard let other = try await reconciler.placement.provider(named: wanted.name) else { throw error }
                // The compute service names its own PCI devices the same way, and draws their ids.
                throw Fault.conflict(
                    "Another provider, '\(other.id)', has this name: if the compute service offers the device itself, take it "
                        + "out of its device_spec or of this agent's.")
            }
            guard found.root == root.root else {
                throw Fault.conflict(
                    "The provider stands below another root, '\(found.root)'; delete it there, or give this host the name it had."
                )
            }
        }
        exists = true
    }

    private mutating func settleInventory(by reconciler: isolated PlacementReconciler) async throws(Fault) {
        let view = try await reconciler.placement.inventories(of: wanted.id)
        let known = await reconciler.keeper.state.providers[wanted.id]?.reservedBefore ?? [:]
        var amounts = known
        var target: [ResourceClass: Inventory] = [:]
        for (resourceClass, stock) in wanted.stocks {
            let plan = Reservation(
                current: view.inventories[resourceClass], remembered: known[resourceClass.name], total: stock.total,
                isWithheld: stock.isWithheld)
            if let amount = plan.remembered { amounts[resourceClass.name] = amount }
            target[resourceClass] = Inventory(
                total: stock.total, reserved: plan.reserved, minUnit: 1, maxUnit: stock.total)
        }
        let former = view.inventories.keys.filter { target[$0] == nil }.sorted()
        if wanted.isDivided, !former.isEmpty {
            // What is held of a class whose units are gone stays, withheld, until its consumers let go.
            let held = Set(try await reconciler.placement.allocations(of: wanted.id).values.flatMap(\.keys))
            for resourceClass in former {
                guard held.contains(resourceClass), let current = view.inventories[resourceClass] else {
                    amounts[resourceClass.name] = nil
                    continue
                }
                let plan = Reservation(
                    current: current, remembered: known[resourceClass.name], total: current.total, isWithheld: true)
                amounts[resourceClass.name] = plan.remembered
                target[resourceClass] = current
                target[resourceClass]?.reserved = plan.reserved
            }
        }
        if amounts != known {
            let (id, noted) = (wanted.id, amounts)
            await reconciler.keeper.change { state in
                state.providers[id, default: .init()].reservedBefore = noted
            }
        }
        guard view.inventories != target else { return }
        made = nil
        do {
            _ = try await reconciler.placement.setInventories(of: wanted.id, generation: view.generation, to: target)
        } catch {
            guard !wanted.isDivided, error.kind == .conflict, error.code != PlacementReconciler.movedCode,
                let held = former.first, let name = wanted.stocks.keys.first
            else { throw error }
            // The device is held as what it was before; offered as something else as well it would be given away twice.
            try await reconciler.withholdAll(of: wanted.id, remembering: false)
            throw Fault.conflict(
                "It is held as \(held) and becomes \(name) when its consumers release it; until then it is not offered."
            )
        }
    }

    private mutating func settleTraits(by reconciler: isolated PlacementReconciler) async throws(Fault) -> Int {
        let view: TraitsView
        if let made {
            view = TraitsView(generation: made, traits: [])
        } else {
            view = try await reconciler.placement.traits(of: wanted.id)
        }
        made = nil
        let before = await reconciler.keeper.state.providers[wanted.id]?.traits ?? []
        let target = view.traits.filter { !before.contains($0.name) }.union(
            wanted.traits.subtracting(unknownTraits))
        guard target != view.traits else { return view.generation }
        return try await reconciler.placement.setTraits(of: wanted.id, generation: view.generation, to: target)
    }
}

extension Fault {
    /// Whether the service does not know the name of a resource class or trait.
    fileprivate var isUnknown: Bool { kind == .notFound || kind == .badRequest }
}
