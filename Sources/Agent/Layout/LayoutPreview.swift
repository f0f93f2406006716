public import Clients
public import Drivers
public import Host
public import Model

/// What a change of layout would do to a host, before it is done.
public enum LayoutPreview {
    /// A text for a terminal: each provider and where its handles go, and with Placement at hand whose allocations move.
    ///
    /// Throws 404 where Placement does not know the host.
    public static func text(
        host: HostName, root: SysfsRoot, drivers: [any Driver], to target: ProviderLayout,
        placement: (any PlacementClient)?, rootProvider: String
    ) async throws(Fault) -> String {
        let findings = await Discoverer(host: host, root: root, drivers: drivers).look(before: [:]).findings
        let source: ProviderLayout = target == .grouped ? .legacy : .grouped
        let (old, new) = (source.arranged(findings.all, on: host), target.arranged(findings.all, on: host))
        var out = "from \(source.rawValue) to \(target.rawValue)\n" + LayoutChange(from: old, to: new).preview
        for driver in findings.drivers {
            if let failure = driver.failure { out += "! the conversion would wait for '\(driver.name)': \(failure)\n" }
        }
        guard let placement else {
            return out + "Placement was not asked: the keystone section of the configuration names none\n"
        }
        guard let top = try await placement.provider(named: rootProvider) else {
            throw Fault.notFound("Placement knows no provider '\(rootProvider)'.")
        }
        let known = Set(try await placement.tree(of: top.id).map(\.id))
        let ids = Set((old + new).flatMap(\.deployables).map(\.resourceProvider)).intersection(known).sorted()
        let scene = ReshapePlan.Scene(
            inventories: try await placement.inventories(of: ids), holdings: try await placement.holdings(on: ids),
            handles: [], reserved: [:])
        // Providers that are to be made stand in the plan as if they were there, empty.
        var whole = scene
        for deployable in new.flatMap(\.deployables) where whole.inventories[deployable.resourceProvider] == nil {
            whole.inventories[deployable.resourceProvider] = InventoriesView(generation: 0, inventories: [:])
        }
        let plan = try ReshapePlan(from: old, to: new, whole)
        if scene.inventories.values.allSatisfy(\.inventories.isEmpty) {
            return out + "Placement holds nothing of this host yet\n"
        }
        let reserved = plan.reserved.values.flatMap(\.values).reduce(0, +)
        out += "\(plan.moved) consumers hold something that moves, \(reserved) units stay reserved; nothing is lost\n"
        return out
    }
}
