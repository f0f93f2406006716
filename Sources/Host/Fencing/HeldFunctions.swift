public import Model

/// The functions of a host that are held or may be held: what the control plane reports, and every sign on the host
/// itself.
///
/// This is the only definition of "held". A held function is not divided, and the functions that its holder has stay.
public struct HeldFunctions: Sendable {
    /// Why a function counts as held.
    public enum Sign: Sendable, Hashable {
        case controlPlane
        /// A guest may open the function at any moment, so it counts whether or not it is open now.
        case guestDriver(String)
        case mediatedDevice(String)
        /// A type set through the vendor's own interface, with its number.
        case vendorType(Int)
        case vdpa(String)
        /// Another function of its IOMMU group belongs to a guest, and therefore the complete group does.
        case companion(PCIAddress, group: Int)
    }

    private let host: HostSnapshot
    private var signs: [PCIAddress: Sign] = [:]

    /// - Parameter told: functions that the control plane reports as held
    public init(_ host: HostSnapshot, told: Set<PCIAddress> = []) {
        self.host = host
        for address in told { signs[address] = .controlPlane }
        for function in host.functions where signs[function.address] == nil {
            signs[function.address] = Self.sign(of: function)
        }
        for device in host.mdevs {
            guard let parent = PCIAddress(device.parent), signs[parent] == nil else { continue }
            signs[parent] = .mediatedDevice(device.name)
        }
        for (name, address) in host.vdpa.sorted(by: { $0.key < $1.key }) where signs[address] == nil {
            signs[address] = .vdpa(name)
        }
        let guests = host.functions.filter { $0.hasGuestDriver && $0.iommuGroup != nil }
        for (group, members) in Dictionary(grouping: guests, by: \.iommuGroup) {
            guard let group, let first = members.first else { continue }
            for function in host.functions
            where function.iommuGroup == group && !function.classCode.isBridge && signs[function.address] == nil {
                signs[function.address] = .companion(first.address, group: group)
            }
        }
    }

    private static func sign(of function: PCIFunction) -> Sign? {
        if function.hasGuestDriver { return .guestDriver(function.driver ?? "vfio") }
        if let type = function.vendorPartition?.current, type != 0 { return .vendorType(type) }
        return nil
    }

    /// Why this function counts as held; nil if it is not held.
    public func sign(of address: PCIAddress) -> Sign? { signs[address] }

    /// The function itself, or the first of its virtual functions, that is held; nil if the function may be divided
    /// again.
    public func holder(of address: PCIAddress) -> (address: PCIAddress, sign: Sign)? {
        let virtual = host.functions.filter { $0.physicalFunction == address }.map(\.address)
        for unit in [address] + (host.function(at: address)?.sriov?.functions ?? []) + virtual {
            if let sign = signs[unit] { return (unit, sign) }
        }
        return nil
    }

    /// Why the function must stay divided as it is, in words that follow its name; nil if it need not.
    public func objection(toDividing address: PCIAddress) -> String? {
        guard let (unit, sign) = holder(of: address) else { return nil }
        let count = host.function(at: address)?.sriov?.enabled ?? 0
        let what = count > 0 ? "keeps its \(count) virtual functions" : "is not divided"
        return "\(what), for \(unit) may be in a guest's hands: \(sign)"
    }
}

extension HeldFunctions.Sign: CustomStringConvertible {
    public var description: String {
        switch self {
        case .controlPlane: "the control plane says that it is held"
        case .guestDriver(let driver): "it is bound to '\(driver)'"
        case .mediatedDevice(let name): "it has the mediated device \(name)"
        case .vendorType(let number): "it has the type \(number) of its vendor"
        case .vdpa(let name): "it has the vDPA device \(name)"
        case .companion(let address, let group):
            "\(address) of its IOMMU group \(group) is bound to a driver for guests"
        }
    }
}
