import Host
import Model

/// A host that a test builds function by function.
struct BuiltHost {
    let tree = MemoryTree()

    var snapshot: HostSnapshot { HostSnapshot(SysfsRoot(tree)) }

    func address(_ text: String) -> PCIAddress {
        guard let address = PCIAddress(text) else { preconditionFailure("'\(text)' is no address") }
        return address
    }

    func path(_ address: String) -> String { "/sys/devices/pci0000:00/\(address)" }

    func pci(
        _ address: String, _ id: String = "8086:1572", classCode: String = "20000", group: Int? = nil,
        driver: String? = nil, physical: String? = nil
    ) {
        let path = path(address)
        tree.link("/sys/bus/pci/devices/\(address)", to: "../../../devices/pci0000:00/\(address)")
        tree.file("\(path)/uevent", "PCI_CLASS=\(classCode)\nPCI_ID=\(id.uppercased())\nPCI_SUBSYS_ID=8086:0001\n")
        if let group { tree.link("\(path)/iommu_group", to: "../../../kernel/iommu_groups/\(group)") }
        if let driver { tree.link("\(path)/driver", to: "../../../bus/pci/drivers/\(driver)") }
        if let physical { tree.link("\(path)/physfn", to: "../\(physical)") }
    }

    /// Gives a function virtual ones, which were built before.
    func virtual(_ physical: String, _ functions: [String], of total: Int = 8) {
        tree.file("\(path(physical))/sriov_totalvfs", "\(total)\n")
        tree.file("\(path(physical))/sriov_numvfs", "\(functions.count)\n")
        for (index, name) in functions.enumerated() {
            tree.link("\(path(physical))/virtfn\(index)", to: "../\(name)")
        }
    }

    func interface(_ name: String, on address: String) {
        tree.link("/sys/class/net/\(name)", to: "../../devices/pci0000:00/\(address)/net/\(name)")
        tree.file("\(path(address))/net/\(name)/operstate", "up")
    }

    /// `/proc/net/dev` and a default route, as the process sees them in whose folder they stand.
    func routes(_ interfaces: [String], over name: String, in folder: String = "/proc/net", listing: Bool = true) {
        let line = "\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\n"
        tree.file("\(folder)/route", "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU\n\(name)\(line)")
        guard listing else { return }
        let lines = (["lo"] + interfaces).map { "  \($0): 0 0 0\n" }.joined()
        tree.file("\(folder)/dev", "Inter-| Receive\n face |bytes\n\(lines)")
    }

    func reasons(isNamed: Bool = false) -> [String: [String]] {
        let snapshot = snapshot
        let fencing = Fencing(snapshot)
        var all: [String: [String]] = [:]
        for function in snapshot.functions {
            let reasons = fencing.reasons(for: function.address, isNamed: isNamed)
            if !reasons.isEmpty { all[function.address.description] = reasons.map(\.description) }
        }
        return all
    }
}
