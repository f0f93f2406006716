import Clients
import Model

extension PlacementReconciler {
    /// Placement's code for a changed generation.
    static let movedCode = "placement.concurrent_update"

    enum Removal {
        case removed
        /// Consumers hold allocations of it; its complete capacity is withheld.
        case held
    }

    /// Removes a provider that stands for nothing, unless it is held.
    func remove(_ provider: ResourceProviderView) async throws(Fault) -> Removal {
        if try await placement.allocations(of: provider.id).isEmpty {
            do {
                try await placement.deleteProvider(provider.id)
                return .removed
            } catch {
                // Claimed in between, or somebody made a child of it.
                guard error.kind == .conflict else { throw error }
            }
        }
        try await withholdAll(of: provider.id, remembering: true)
        return .held
    }

    /// Reserves every inventory of a provider completely, even if others write to it meanwhile.
    func withholdAll(of id: ResourceProviderID, remembering: Bool) async throws(Fault) {
        var last = Fault.conflict("Other clients keep changing it; the agent tries again later.")
        for _ in 1...Self.tries {
            do {
                return try await withholdOnce(id, remembering: remembering)
            } catch {
                guard error.kind == .conflict, error.code == Self.movedCode else { throw error }
                last = error
            }
        }
        throw last
    }

    private func withholdOnce(_ id: ResourceProviderID, remembering: Bool) async throws(Fault) {
        let view = try await placement.inventories(of: id)
        let known = await keeper.state.providers[id]?.reservedBefore ?? [:]
        var withheld = view.inventories
        var amounts = known
        for (resourceClass, inventory) in view.inventories {
            let plan = Reservation(
                current: inventory, remembered: known[resourceClass.name], total: inventory.total, isWithheld: true)
            withheld[resourceClass]?.reserved = plan.reserved
            amounts[resourceClass.name] = plan.remembered
        }
        if remembering, amounts != known {
            let noted = amounts
            await keeper.change { state in state.providers[id, default: .init()].reservedBefore = noted }
        }
        guard withheld != view.inventories else { return }
        _ = try await placement.setInventories(of: id, generation: view.generation, to: withheld)
    }
}
