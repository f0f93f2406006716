import Link
import Model

/// Groups that exchange units: a card is divided into several classes, or no longer is, or has other traits.
/// Allocations of these units move with them; other groups are not involved.
struct Regrouping: Sendable, Equatable {
    /// The groups involved, before and after.
    let old: [DeviceReport]
    let new: [DeviceReport]

    var isEmpty: Bool { old.isEmpty }

    /// - Parameters:
    ///   - former: the groups as Placement has them
    ///   - goal: the groups that an interrupted change was to produce; Placement may have some of them
    ///   - present: the groups as the host has them
    init(from former: [DeviceReport], and goal: [DeviceReport] = [], to present: [DeviceReport]) {
        let now = present.places
        var involved: Set<ResourceProviderID> = []
        for places in [former.places, goal.places] {
            for (unit, place) in places {
                guard let provider = now[unit]?.provider, provider != place.provider else { continue }
                involved.formUnion([provider, place.provider])
            }
        }
        old = Self.part(former + goal.filter { !former.contains($0) }, of: involved)
        new = Self.part(present, of: involved)
    }

    private static func part(_ devices: [DeviceReport], of providers: Set<ResourceProviderID>) -> [DeviceReport] {
        devices.compactMap { device in
            var device = device
            device.deployables.removeAll { !providers.contains($0.resourceProvider) }
            return device.deployables.isEmpty ? nil : device
        }
    }

    /// The groups, reduced to which units they have.
    static func outline(of devices: [DeviceReport]) -> [DeviceReport] {
        devices.map { device in
            var device = device
            device.facts = [:]
            for index in device.deployables.indices {
                device.deployables[index].attributes = []
                device.deployables[index].accelerators = 0
            }
            return device
        }
    }

    /// The groups as the control plane has recorded them, as far as they are held; for an agent that does not know what
    /// Placement has.
    static func outline(of holdings: [HandleHolding], among present: [DeviceReport]) -> [DeviceReport] {
        let places = present.places
        return holdings.compactMap { holding in
            guard let place = places[HostUnit(holding)],
                let resourceClass = holding.resourceClass ?? place.resourceClass
            else { return nil }
            return DeviceReport(
                type: .pci, vendor: "", model: "", controlPath: "", driver: holding.driver,
                deployables: [
                    DeployableReport(
                        name: "\(holding.provider)", resourceProvider: holding.provider, resourceClass: resourceClass,
                        accelerators: 0, traits: [], attributes: [],
                        handles: [holding.handle])
                ])
        }
    }
}
