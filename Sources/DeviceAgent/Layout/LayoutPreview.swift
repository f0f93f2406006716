public import Clients
public import Drivers
public import Host
public import Model

/// The effect of a layout change on a host, before it is made.
public enum LayoutPreview {
    /// Text for a terminal: each provider and where its handles move, and with Placement also whose allocations move.
    ///
    /// Throws 404 if Placement does not know the host.
    public static func text(
        host: HostName, root: SysfsRoot, drivers: [any Driver], to target: ProviderLayout,
        placement: (any PlacementClient)?, profiles: (any DeviceProfileUse)? = nil, rootProvider: String
    ) async throws(Fault) -> String {
        let findings = await Discoverer(host: host, root: root, drivers: drivers).look(before: [:]).findings
        let source = try await source(findings.all, host, besides: target, placement)
        let (old, new) = (source.arranged(findings.all, on: host), target.arranged(findings.all, on: host))
        let change = LayoutChange(from: old, to: new)
        var out = "from \(source.rawValue) to \(target.rawValue)\n" + change.preview
        out += await use(of: change.endedClasses, by: profiles)
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

    /// The layout of which Placement has the most providers. If it has none, or is not available: `legacy`, or
    /// `grouped` if the target is `legacy`.
    private static func source(
        _ devices: [DeviceReport], _ host: HostName, besides target: ProviderLayout, _ placement: (any PlacementClient)?
    ) async throws(Fault) -> ProviderLayout {
        let usual: ProviderLayout = target == .legacy ? .grouped : .legacy
        guard let placement else { return usual }
        var (best, most) = (usual, 0)
        for layout in ProviderLayout.allCases where layout != target {
            let ids = Set(layout.arranged(devices, on: host).flatMap(\.deployables).map(\.resourceProvider))
            let count = try await placement.inventories(of: ids.sorted()).count
            if count > most { (best, most) = (layout, count) }
        }
        return best
    }

    /// The device profiles that request a class which the host will no longer offer. They find nothing on this host
    /// until they name the new class.
    private static func use(of ended: [String: [String]], by profiles: (any DeviceProfileUse)?) async -> String {
        guard !ended.isEmpty else { return "" }
        guard let profiles else {
            return
                "! device profiles that ask for them were not looked for: the keystone section of the configuration names no cloud\n"
        }
        let used: [String: Set<String>]
        do {
            used = try await profiles.classes()
        } catch {
            return "! device profiles that ask for them could not be looked for: \(error.message)\n"
        }
        var out = ""
        for (name, classes) in used.sorted(by: { $0.key < $1.key }) {
            for resourceClass in classes.intersection(ended.keys).sorted() {
                let others = ended[resourceClass] ?? []
                out += "! the device profile '\(name)' asks for \(resourceClass)"
                out += others.isEmpty ? "\n" : "; on this host it must ask for \(others.joined(separator: " or "))\n"
            }
        }
        return out.isEmpty ? "no device profile asks for a class that goes\n" : out
    }
}
