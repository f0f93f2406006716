import Model

/// Reads every PCI function of a host from `/sys/bus/pci/devices`.
struct PCIEnumeration {
    static let folder = "/sys/bus/pci/devices"

    private(set) var functions: [PCIFunction] = []
    private(set) var problems: [HostProblem] = []

    init(_ root: SysfsRoot, readsSerials: Bool) {
        let names: [String]
        do {
            names = try root.names(in: Self.folder)
        } catch {
            // A machine without PCI has no such folder; that is no problem.
            if error.reason != .missing { problems.append(HostProblem(path: Self.folder, text: error.description)) }
            return
        }
        for name in names {
            guard let address = PCIAddress(name) else {
                problems.append(HostProblem(path: "\(Self.folder)/\(name)", text: "is not named like a PCI address"))
                continue
            }
            if let function = read(root, address, readsSerials) { functions.append(function) }
        }
        functions.sort { $0.address < $1.address }
    }

    private mutating func read(_ root: SysfsRoot, _ address: PCIAddress, _ readsSerials: Bool) -> PCIFunction? {
        let entry = "\(Self.folder)/\(address)"
        let path = (try? root.destination(of: entry)) ?? entry
        var folder: DeviceFolder
        do {
            folder = try DeviceFolder(root, path)
        } catch {
            problems.append(HostProblem(path: entry, text: "leads nowhere: \(error.description)"))
            return nil
        }
        defer { problems += folder.problems }
        let event = UEvent(folder.text("uevent") ?? "")
        guard let ids = event.pair("PCI_ID") ?? Self.pair(&folder, "vendor", "device"),
            let classCode = event.number("PCI_CLASS") ?? folder.hexadecimal("class")
        else {
            folder.note("uevent", "says neither vendor, device nor class; the function is left out")
            return nil
        }
        let subsystem =
            event.pair("PCI_SUBSYS_ID") ?? Self.pair(&folder, "subsystem_vendor", "subsystem_device")
        let physical = folder.linkName("physfn").flatMap { PCIAddress($0) }
        let classes = PCIClass(classCode)
        var serial: String?
        if readsSerials, physical == nil, !classes.isBridge { serial = PCISerial.read(&folder) }
        let driver = folder.linkName("driver")
        var function = PCIFunction(
            address: address, path: path, classCode: classes, vendor: ids.0, product: ids.1,
            subsystemVendor: subsystem?.0, subsystemProduct: subsystem?.1,
            revision: folder.hexadecimal("revision").map { UInt8(truncatingIfNeeded: $0) }, serial: serial,
            numaNode: folder.number("numa_node").flatMap { $0 >= 0 ? $0 : nil },
            iommuGroup: folder.linkName("iommu_group").flatMap { Int($0) },
            driver: driver, driverOverride: folder.text("driver_override"),
            sriov: Self.sriov(&folder), physicalFunction: physical,
            resetMethods: folder.text("reset_method")?.split(separator: " ").map(String.init) ?? [],
            // Kernels before 5.15 can and do not say how.
            canReset: folder.has("reset_method") ? folder.text("reset_method") != nil : folder.has("reset"),
            link: Self.link(&folder),
            isBootDisplay: folder.text("boot_vga") == "1" || folder.text("boot_display") == "1",
            bars: Self.bars(&folder),
            isMdevParent: folder.has("mdev_supported_types"), vendorPartition: VendorPartition(&folder))
        function.hasVFIODevice = folder.has("vfio-dev")
        function.hasInterfaces = Self.hasInterfaces(folder)
        if function.hasGuestDriver, let group = function.iommuGroup,
            (try? root.text("/sys/kernel/iommu_groups/\(group)/name")) == "vfio-noiommu"
        {
            // Made up for a driver that was told to do without an IOMMU.
            function.iommuGroup = nil
        }
        return function
    }

    /// The kernel has a folder `net` below a function with interfaces, and shows in it only those of the reader's
    /// network namespace. For virtio functions the folder is below the virtio device.
    private static func hasInterfaces(_ folder: DeviceFolder) -> Bool {
        folder.has("net")
            || folder.names.contains { $0.hasPrefix("virtio") && folder.root.exists("\(folder.path)/\($0)/net") }
    }

    private static func pair(_ folder: inout DeviceFolder, _ first: String, _ second: String) -> (UInt16, UInt16)? {
        guard let left = folder.hexadecimal(first), let right = folder.hexadecimal(second), left <= 0xffff,
            right <= 0xffff
        else { return nil }
        return (UInt16(left), UInt16(right))
    }

    /// Counts the virtual functions, because the kernel may not complete a read of `sriov_numvfs` while a guest holds
    /// one of them.
    private static func sriov(_ folder: inout DeviceFolder) -> SRIOVState? {
        guard let total = folder.number("sriov_totalvfs"), total > 0 else { return nil }
        var numbered: [(Int, PCIAddress)] = []
        for name in folder.names where name.hasPrefix("virtfn") {
            guard let number = Int(name.dropFirst("virtfn".count)), let target = folder.linkName(name),
                let address = PCIAddress(target)
            else {
                folder.note(name, "does not lead to a virtual function")
                continue
            }
            numbered.append((number, address))
        }
        numbered.sort { $0.0 < $1.0 }
        return SRIOVState(
            total: total, enabled: numbered.count,
            autoprobe: folder.text("sriov_drivers_autoprobe").map { $0 != "0" }, functions: numbered.map(\.1))
    }

    private static func link(_ folder: inout DeviceFolder) -> PCILink? {
        guard folder.has("current_link_speed") else { return nil }
        func known(_ text: String?) -> String? { text.flatMap { $0.hasPrefix("Unknown") ? nil : $0 } }
        // 0 and 255 mean that the link says nothing.
        func lanes(_ number: Int?) -> Int? { number.flatMap { (1...32).contains($0) ? $0 : nil } }
        let link = PCILink(
            speed: known(folder.text("current_link_speed")), maximumSpeed: known(folder.text("max_link_speed")),
            width: lanes(folder.number("current_link_width")), maximumWidth: lanes(folder.number("max_link_width")))
        return link == PCILink() ? nil : link
    }

    /// `resource` has one line for each region with first address, last address and flags in hexadecimal. The first six
    /// are BARs.
    private static func bars(_ folder: inout DeviceFolder) -> [PCIBar] {
        guard let text = folder.text("resource") else { return [] }
        var bars: [PCIBar] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(6).enumerated() {
            let words = line.split(separator: " ")
            guard words.count == 3, let first = UInt64(words[0].dropFirst(2), radix: 16),
                let last = UInt64(words[1].dropFirst(2), radix: 16),
                let flags = UInt64(words[2].dropFirst(2), radix: 16)
            else {
                folder.note("resource", "has a line that is not two addresses and flags")
                return bars
            }
            let (length, overflow) = (last &- first).addingReportingOverflow(1)
            guard last > first, !overflow else { continue }
            bars.append(PCIBar(index: index, size: length, isPrefetchable: flags & 0x2000 != 0))
        }
        return bars
    }
}
