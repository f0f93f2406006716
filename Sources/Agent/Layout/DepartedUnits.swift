import Drivers
import Link
import Model

/// Units of groups that left them, sick or gone, while somebody holds them.
///
/// Placement counts what their holders have against the group. Taken out of its total as well they would cost it twice, and one unit
/// that is well and free would not be given out. So such a unit counts as long as it is held.
actor DepartedUnits {
    private struct Unit: Hashable {
        let driver: String
        let info: [String: String]
    }

    /// Nil before the first look.
    private var seen: [ResourceProviderID: Set<Unit>]?
    private var departed: [ResourceProviderID: Set<Unit>] = [:]
    private var held: [ResourceProviderID: Int] = [:]

    /// The groups with what of them is held elsewhere counted. Asks the control plane only when something departed, and once at the
    /// start; while it does not answer, what it said last stands.
    func counted(_ groups: [DeviceReport], by link: any AgentLink) async -> [DeviceReport] {
        var present: [ResourceProviderID: Set<Unit>] = [:]
        for device in groups {
            for deployable in device.deployables {
                present[deployable.resourceProvider, default: []].formUnion(
                    deployable.handles.map { Unit(driver: device.driver, info: $0.info) })
            }
        }
        let all = present.values.reduce(into: Set<Unit>()) { $0.formUnion($1) }
        for (provider, units) in seen ?? [:] { departed[provider, default: []].formUnion(units) }
        departed = departed.mapValues { $0.subtracting(all) }.filter { !$0.value.isEmpty }
        let isFirst = seen == nil
        seen = present
        if isFirst || !departed.isEmpty, let holdings = try? await link.holdings() {
            held = [:]
            for holding in holdings where present[holding.provider] != nil {
                guard !all.contains(Unit(driver: holding.driver, info: holding.info)) else { continue }
                held[holding.provider, default: 0] += 1
                departed[holding.provider, default: []].insert(Unit(driver: holding.driver, info: holding.info))
            }
            departed = departed.filter { held[$0.key] != nil }
        } else if departed.isEmpty {
            held = [:]
        }
        return groups.map { device in
            var device = device
            for index in device.deployables.indices {
                device.deployables[index].accelerators += held[device.deployables[index].resourceProvider] ?? 0
            }
            return device
        }
    }
}
