import Drivers
import Link
import Model

/// Held units that have left their groups, because they are sick or gone.
///
/// Placement counts the holders' allocations against the group. If these units were also removed from the group's
/// total, they would count twice, and one unit that is well and free would not be offered. So such a unit stays in the
/// total as long as it is held.
actor DepartedUnits {
    /// Nil before the first look.
    private var seen: [ProviderPart: Set<HostUnit>]?
    private var departed: [ProviderPart: Set<HostUnit>] = [:]
    private var held: [ProviderPart: Int] = [:]

    /// The groups, with units that are held elsewhere counted. Queries the control plane only if a unit departed, and
    /// once at the start. While it does not respond, its last response is used.
    func counted(_ groups: [DeviceReport], by link: any DeviceLink) async -> [DeviceReport] {
        var present: [ProviderPart: Set<HostUnit>] = [:]
        for (unit, part) in groups.places { present[part, default: []].insert(unit) }
        let all = present.values.reduce(into: Set<HostUnit>()) { $0.formUnion($1) }
        for (part, units) in seen ?? [:] { departed[part, default: []].formUnion(units) }
        departed = departed.mapValues { $0.subtracting(all) }.filter { !$0.value.isEmpty }
        let isFirst = seen == nil
        seen = present
        if isFirst || !departed.isEmpty, let holdings = (try? await link.holdings())?.holdings {
            held = [:]
            for holding in holdings where !all.contains(HostUnit(holding)) {
                guard let part = Self.part(of: holding, among: present) else { continue }
                held[part, default: 0] += 1
                departed[part, default: []].insert(HostUnit(holding))
            }
            departed = departed.filter { held[$0.key] != nil }
        } else if departed.isEmpty {
            held = [:]
        }
        return groups.map { device in
            var device = device
            for index in device.deployables.indices {
                let deployable = device.deployables[index]
                let part = ProviderPart(deployable.resourceProvider, deployable.resourceClass)
                device.deployables[index].accelerators += held[part] ?? 0
            }
            return device
        }
    }

    /// The part in which a held unit counts: its class, or the only class of its provider.
    private static func part(
        of holding: HandleHolding, among present: [ProviderPart: Set<HostUnit>]
    ) -> ProviderPart? {
        let exact = ProviderPart(holding.provider, holding.resourceClass)
        if present[exact] != nil { return exact }
        let parts = present.keys.filter { $0.provider == holding.provider }
        return parts.count == 1 ? parts.first : nil
    }
}
