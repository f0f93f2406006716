import Clients
import Drivers
import Link
import Model

extension PlacementReconciler {
    /// Moves a host's inventory and what is held of it from one layout's providers to the other's, in one step of Placement's.
    ///
    ///     make the new providers ─▶ note reservations ─▶ reshape ─▶ (the accelerator service is told) ─▶ open ─▶ remove the old
    ///
    /// Until `open`, nothing that is free is offered, in neither layout. Done again after it was cut off anywhere it goes on;
    /// done the other way round it undoes.
    ///
    /// - Returns: how many consumers' allocations were moved, and the inventories as they were left
    func move(
        from old: [DeviceReport], to new: [DeviceReport], handles: [HandleHolding],
        for purpose: ReshapePlan.Purpose = .conversion
    ) async throws(Fault) -> (moved: Int, left: [ResourceProviderID: InventoriesView]) {
        let root = try await rootProvider()
        let (wanted, unfit) = WantedProvider.all(of: new, withheld: [])
        if let first = unfit.first { throw Fault.conflict("The other layout cannot be: \(first).") }
        let tree = try await placement.tree(of: root.id)
        await remember(wanted)
        let there = Set(tree.map(\.id))
        // Nodes before what stands below them.
        let nodes = wanted.filter(\.stocks.isEmpty)
        for node in nodes { _ = try await make(node, below: root, there) }
        let others = wanted.filter { !$0.stocks.isEmpty }
        let generations = try await SideBySide.run(others) { (provider) async throws(Fault) in
            try await self.make(provider, below: root, there)
        }
        // What was made just now is known without a question.
        var fresh: [ResourceProviderID: InventoriesView] = [:]
        for case (let provider, let generation?) in zip(others, generations) {
            fresh[provider.id] = InventoriesView(generation: generation, inventories: [:])
        }
        var last = Fault.conflict("Other clients keep changing these providers; the agent tries again later.")
        for _ in 1...Self.tries {
            do throws(Fault) {
                let plan = try await moveOnce(old, new, handles, there.union(wanted.map(\.id)), fresh, purpose)
                return (plan.moved, plan.reshape.inventories)
            } catch {
                guard error.kind == .conflict, error.code == Self.movedCode else { throw error }
                last = error
                fresh = [:]
            }
        }
        throw last
    }

    /// Creates a provider without inventory if it is missing; returns its generation if it was created.
    private func make(
        _ provider: WantedProvider, below root: ResourceProviderView, _ there: Set<ResourceProviderID>
    ) async throws(Fault) -> Int? {
        var settling = Settling(
            wanted: provider, root: root, exists: there.contains(provider.id), leavesInventory: true)
        let generation = try await settling.run(by: self)
        return settling.isFresh ? generation : nil
    }

    private func moveOnce(
        _ old: [DeviceReport], _ new: [DeviceReport], _ handles: [HandleHolding], _ known: Set<ResourceProviderID>,
        _ fresh: [ResourceProviderID: InventoriesView], _ purpose: ReshapePlan.Purpose
    ) async throws(Fault) -> ReshapePlan {
        let ids = (old + new).flatMap(\.deployables).map(\.resourceProvider).filter(known.contains)
        let unique = Array(Set(ids)).sorted()
        let state = await keeper.state
        var reserved: [ResourceProviderID: [ResourceClass: Int]] = [:]
        for id in unique {
            // What was noted for this conversion, then what was remembered while the capacity was withheld.
            let amounts = state.layout.reserved(of: id) ?? state.providers[id].map(\.reservedBefore)
            if let amounts, !amounts.isEmpty {
                reserved[id] = Dictionary(
                    amounts.map { (ResourceClass(unchecked: $0.key), $0.value) }
                ) { first, _ in first }
            }
        }
        let older = unique.filter { fresh[$0] == nil }
        let scene = ReshapePlan.Scene(
            inventories: try await placement.inventories(of: older).merging(fresh) { read, _ in read },
            holdings: try await placement.holdings(on: older),
            handles: handles, reserved: reserved)
        let plan = try ReshapePlan(from: old, to: new, scene, for: purpose)
        await keeper.change { state in
            for (provider, amounts) in plan.reserved {
                let named = Dictionary(amounts.map { ($0.key.name, $0.value) }) { first, _ in first }
                state.layout.reserved[provider.description] = named
            }
        }
        guard !plan.reshape.inventories.isEmpty else { return plan }
        guard purpose == .conversion else {
            try await placement.reshape(plan.reshape)
            return plan
        }
        let wasMoved = await keeper.state.layout.isMoved
        // Noted before it is done: an answer may be lost.
        await keeper.change { state in state.layout.isMoved = true }
        do throws(Fault) {
            try await placement.reshape(plan.reshape)
        } catch {
            if error.kind == .conflict || error.kind == .badRequest {
                await keeper.change { state in state.layout.isMoved = wasMoved }
            }
            throw error
        }
        return plan
    }

    /// Offers the free units of the new layout's providers, except what is reserved or withheld.
    ///
    /// `left` are the inventories as `move` left them; those that are already right are neither read nor written.
    func open(
        _ new: [DeviceReport], withheld: Set<ProviderPart>, left: [ResourceProviderID: InventoriesView]
    ) async throws(Fault) {
        let (wanted, _) = WantedProvider.all(of: new, withheld: withheld)
        // One change for all: each is a write of the whole state to disk.
        let own = await keeper.change { state in
            var own: [ResourceProviderID: [ResourceClass: Int]] = [:]
            for provider in wanted {
                let known = state.layout.reserved(of: provider.id) ?? [:]
                var remembered: [String: Int] = [:]
                for (resourceClass, stock) in provider.stocks {
                    let amount = known[resourceClass.name] ?? 0
                    own[provider.id, default: [:]][resourceClass] = amount
                    if stock.isWithheld { remembered[resourceClass.name] = amount }
                }
                state.providers[provider.id, default: .init()].reservedBefore = remembered
            }
            return own
        }
        let closed = wanted.filter { provider in
            !provider.stocks.isEmpty && left[provider.id]?.inventories != Self.opened(provider, own[provider.id] ?? [:])
        }
        let views = try await placement.inventories(of: closed.map(\.id))
        _ = try await SideBySide.run(closed) { (provider) async throws(Fault) in
            try await self.open(provider, to: Self.opened(provider, own[provider.id] ?? [:]), views[provider.id])
        }
    }

    private static func opened(
        _ provider: WantedProvider, _ own: [ResourceClass: Int]
    ) -> [ResourceClass: Inventory] {
        provider.stocks.reduce(into: [:]) { inventories, stock in
            let (resourceClass, total) = (stock.key, stock.value.total)
            let reserved = stock.value.isWithheld ? total : min(own[resourceClass] ?? 0, total)
            inventories[resourceClass] = Inventory(total: total, reserved: reserved, minUnit: 1, maxUnit: total)
        }
    }

    /// - Parameter known: the state that was read before; it is read again if it has changed
    private func open(
        _ provider: WantedProvider, to inventories: [ResourceClass: Inventory], _ known: InventoriesView?
    ) async throws(Fault) {
        var last = Fault.conflict("Other clients keep changing \(provider.name); the agent tries again later.")
        var known = known
        for _ in 1...Self.tries {
            let view: InventoriesView
            if let first = known { view = first } else { view = try await placement.inventories(of: provider.id) }
            known = nil
            var target = inventories
            if provider.isDivided {
                // What is held of a class that is none of its own goes when it is let go.
                for (resourceClass, inventory) in view.inventories where target[resourceClass] == nil {
                    target[resourceClass] = inventory
                    target[resourceClass]?.reserved = inventory.total
                }
            }
            guard view.inventories != target else { return }
            do {
                _ = try await placement.setInventories(of: provider.id, generation: view.generation, to: target)
                return
            } catch {
                guard error.kind == .conflict, error.code == Self.movedCode else { throw error }
                last = error
            }
        }
        throw last
    }
}
