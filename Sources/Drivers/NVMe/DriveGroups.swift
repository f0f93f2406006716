import Host
import Model

/// Drives with several controllers, which the `group` of their specs combines into one unit.
struct DriveGroups {
    private var groups: [String: (members: [PCIFunction], spec: DeviceSpec)] = [:]

    mutating func add(_ function: PCIFunction, _ spec: DeviceSpec, to group: String) {
        groups[group, default: ([], spec)].members.append(function)
    }

    /// By name.
    var all: [(name: String, members: [PCIFunction], spec: DeviceSpec)] {
        groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value.members, $0.value.spec) }
    }

    /// Throws if the members are known to be anything other than one drive. While guests have them, nothing is known.
    static func requireOneDrive(_ members: [PCIFunction], _ host: HostSnapshot) throws(DriverFault) {
        guard members.count > 1 else {
            throw DriverFault("a group has all controllers of one drive, and only \(members[0].address) can be offered")
        }
        let known = members.filter { member in host.nvme.contains { $0.address == member.address } }
        guard let first = known.first else { return }
        for other in known.dropFirst() where !host.media.others(of: first.address).contains(other.address) {
            throw DriverFault(
                "a group of the nvme driver has all controllers of one drive, and \(first.address) and \(other.address) lead to two"
            )
        }
    }
}
