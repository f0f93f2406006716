public import Host
public import Model

/// Whether the functions that drivers offer can be passed to guests one by one, by the rules of the kernel's IOMMU
/// groups and of the addresses that a hypervisor accepts.
///
/// The kernel gives a group to one guest, and only while no driver of the host runs any of its members. Bridges and
/// root ports do not count. So a unit must be something that one guest can have alone: a function whose group contains
/// nothing else that is offered or used, or functions that `group` combines.
public struct HostPassage: Sendable {
    /// Why a function is not offered.
    public struct Refusal: Sendable, Equatable {
        public let driver: String
        public let address: PCIAddress
        public let reason: String
    }

    private struct Unit {
        let driver: String
        let members: Set<PCIAddress>
    }

    /// A function that a driver offers.
    private struct Place: Hashable {
        let driver: String
        let address: PCIAddress
    }

    private let functions: [PCIAddress: PCIFunction]
    private let groups: [Int: [PCIFunction]]

    public init(_ host: HostSnapshot) {
        functions = Dictionary(host.functions.map { ($0.address, $0) }) { first, _ in first }
        groups = Dictionary(
            grouping: host.functions.filter { $0.iommuGroup != nil && !$0.classCode.isBridge },
            by: { $0.iommuGroup ?? -1 })
    }

    /// An objection to addresses with more than 16 bits of domain, which neither libvirt nor a compute service can
    /// express.
    static func domainObjection(to address: PCIAddress) -> FenceReason? {
        address.domain > 0xffff ? .wideDomain(address.domain) : nil
    }

    // MARK: Units

    /// Removes from the devices what cannot be passed, and returns the reasons. A device with several units keeps the
    /// others.
    ///
    /// - Parameter devices: by driver
    public func settle(_ devices: inout [String: [DeviceReport]]) -> [Refusal] {
        var units = devices.sorted { $0.key < $1.key }.flatMap { driver, devices in
            devices.flatMap(\.deployables).flatMap(\.handles).compactMap { handle in
                Self.unit(of: handle).map { Unit(driver: driver, members: $0) }
            }
        }
        var refusals: [Refusal] = []
        func refuse(_ objection: (Unit) -> String?) -> Bool {
            let wrong = units.compactMap { unit in objection(unit).map { (unit, $0) } }
            for (unit, reason) in wrong {
                refusals += unit.members.sorted().map { Refusal(driver: unit.driver, address: $0, reason: reason) }
            }
            let gone = Set(wrong.map(\.0.members))
            units.removeAll { gone.contains($0.members) }
            return !wrong.isEmpty
        }
        _ = refuse { unit in
            unit.members.sorted().lazy.compactMap(Self.domainObjection).first?.description
        }
        // What is refused is no tenant's any more, and its driver is the host's.
        while refuse({ usedByHost($0, units) }) {}
        _ = refuse { sharedWithOthers($0, units) }
        guard !refusals.isEmpty else { return [] }
        let refused = Set(refusals.map { Place(driver: $0.driver, address: $0.address) })
        for (driver, all) in devices {
            devices[driver] = all.compactMap { Self.left(of: $0, driver, refused) }
        }
        return refusals
    }

    /// The functions that a guest gets with a handle; nil if it gets none: a mediated device has its own group.
    private static func unit(of handle: AttachHandleReport) -> Set<PCIAddress>? {
        guard handle.type == .pci || handle.type == .nvme, handle.info["vgpu_mark"] == nil else { return nil }
        let members = Set(HandleUnit.names(of: handle).compactMap { PCIAddress($0) })
        return members.isEmpty ? nil : members
    }

    private static func left(of device: DeviceReport, _ driver: String, _ refused: Set<Place>) -> DeviceReport? {
        var device = device
        let had = device.deployables.count
        device.deployables = device.deployables.compactMap { deployable in
            var left = deployable
            left.handles.removeAll { handle in
                unit(of: handle)?.contains { refused.contains(Place(driver: driver, address: $0)) } == true
            }
            let lost = deployable.handles.count - left.handles.count
            guard lost > 0 else { return deployable }
            if left.handles.isEmpty { return nil }
            left.accelerators = min(left.handles.count, max(1, left.accelerators - lost))
            return left
        }
        return device.deployables.isEmpty && had > 0 ? nil : device
    }

    // MARK: Groups

    /// The other members of a unit's IOMMU groups.
    private func others(than unit: Unit) -> [(group: Int, function: PCIFunction)] {
        let numbers = Set(unit.members.compactMap { functions[$0]?.iommuGroup }).sorted()
        return numbers.flatMap { number in
            (groups[number] ?? []).filter { !unit.members.contains($0.address) }.map { (number, $0) }
        }
    }

    private func usedByHost(_ unit: Unit, _ units: [Unit]) -> String? {
        let offered = Set(units.flatMap(\.members))
        for (group, other) in others(than: unit) where !offered.contains(other.address) {
            guard let driver = other.hostDriver else { continue }
            return
                "it shares IOMMU group \(group) with \(other.address), which the host runs by '\(driver)', and the kernel passes a "
                + "group to a guest only while the host uses nothing of it; \(Self.remedy), or bind \(other.address) to vfio-pci or "
                + "to no driver"
        }
        return nil
    }

    private func sharedWithOthers(_ unit: Unit, _ units: [Unit]) -> String? {
        let offered = Set(units.flatMap(\.members))
        let shared = others(than: unit).filter { offered.contains($0.function.address) }
        guard let first = shared.first else { return nil }
        let names = shared.filter { $0.group == first.group }.map(\.function.address.description).joined(
            separator: ", ")
        return
            "it shares IOMMU group \(first.group) with \(names), and the kernel passes a group to one guest as a whole; "
            + Self.remedy
    }

    private static let remedy =
        "give the device_spec entries of all its members the same 'group' to offer them as one unit"

    // MARK: Without an IOMMU

    /// The conditions for offered functions that have no IOMMU group.
    public func conditions(of devices: [DeviceReport]) -> [HostCondition] {
        let offered = Set(
            devices.flatMap(\.deployables).flatMap(\.handles).compactMap(Self.unit).flatMap { $0 }
        ).filter { functions[$0] != nil && functions[$0]?.iommuGroup == nil }
        guard !offered.isEmpty else { return [] }
        guard functions.values.contains(where: { $0.iommuGroup != nil }) else {
            return [
                HostCondition(
                    .isolation, "iommu",
                    "This host has no IOMMU in use: no function has an IOMMU group, so none can be passed to a guest safely, and a "
                        + "guest's device reaches all of the host's memory. Turn it on in the firmware (VT-d, AMD-Vi, SMMU) and for "
                        + "the kernel (intel_iommu=on).")
            ]
        }
        return offered.sorted().map { address in
            HostCondition(
                .isolation, address.description,
                "It is in no IOMMU group, though this host has an IOMMU; the kernel does not pass such a function to a guest."
            )
        }
    }
}
