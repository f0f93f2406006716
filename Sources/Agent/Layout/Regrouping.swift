import Link
import Model

/// Groups that give units to one another: a card is divided into several classes, or no longer is, or has other traits. What
/// is held of these units moves with them, and the other groups have no part in it.
struct Regrouping: Sendable, Equatable {
    /// The groups that have a part in it, as they were and as they are to be.
    let old: [DeviceReport]
    let new: [DeviceReport]

    var isEmpty: Bool { old.isEmpty }

    /// - Parameters:
    ///   - former: the groups as Placement held them
    ///   - goal: the groups that a change which was cut off went to: Placement may hold some of these
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

    /// The groups without what says nothing about who has which unit.
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

    /// The groups as the control plane has them on record, as far as somebody holds something of them: for an agent that does not
    /// know what Placement holds.
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
                        handles: [AttachHandleReport(type: .pci, info: holding.info)])
                ])
        }
    }
}
