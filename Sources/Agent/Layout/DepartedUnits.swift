import Drivers
import Link
import Model

/// Units of groups that left them, sick or gone, while somebody holds them.
///
/// Placement counts what their holders have against the group. Taken out of its total as well they would cost it twice, and one unit
/// that is well and free would not be given out. So such a unit counts as long as it is held.
actor DepartedUnits {
    /// Nil before the first look.
    private var seen: [ProviderPart: Set<HostUnit>]?
    private var departed: [ProviderPart: Set<HostUnit>] = [:]
    private var held: [ProviderPart: Int] = [:]

    /// The groups with what of them is held elsewhere counted. Asks the control plane only when something departed, and once at the
    /// start; while it does not answer, what it said last stands.
    func counted(_ groups: [DeviceReport], by link: any AgentLink) async -> [DeviceReport] {
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

    /// Where what is held counts: in its class, or in the only one that its provider has.
    private static func part(
        of holding: HandleHolding, among present: [ProviderPart: Set<HostUnit>]
    ) -> ProviderPart? {
        let exact = ProviderPart(holding.provider, holding.resourceClass)
        if present[exact] != nil { return exact }
        let parts = present.keys.filter { $0.provider == holding.provider }
        return parts.count == 1 ? parts.first : nil
    }
}
