import Model

/// Finds functions that lead to the same media, and adds to each block device all functions that lead to it.
///
/// NVMe drives are identified by their subsystem: the kernel's, its qualified name, or model and serial number. Other
/// disks, and namespaces, are identified by their world wide name.
struct MediaEnumeration {
    private(set) var media = SharedMedia()
    private(set) var devices: [BlockDevice]

    /// - Parameters:
    ///   - virtual: virtual functions of drives, whose namespaces are checked when they are bound
    ///   - scsi: the functions behind each world wide name of the SCSI bus, including tapes and enclosures
    init(
        blocks: [BlockDevice], controllers: [NVMeController], virtual: Set<PCIAddress>,
        scsi: [String: Set<PCIAddress>]
    ) {
        devices = blocks
        let drives = Self.drives(controllers)
        for drive in drives {
            let doors = drive.compactMap(\.address).filter { !virtual.contains($0) }
            media.add(doors, Self.title(of: drive))
        }
        for index in devices.indices {
            devices[index].functions = Self.functions(of: devices[index], drives, virtual)
        }
        var disks: [String: Set<PCIAddress>] = scsi
        for device in devices where device.disk == nil {
            guard let name = device.wwid else { continue }
            disks[name, default: []].formUnion(device.functions)
        }
        for (name, functions) in disks.sorted(by: { $0.key < $1.key }) {
            media.add(Array(functions.subtracting(virtual)), "the disk \(name)")
        }
        // What the host uses by one way is used, whichever way leads there.
        var positions: [String: Int] = [:]
        for (index, device) in devices.enumerated() {
            positions[device.name] = index
            guard device.disk == nil, let name = device.wwid, let all = disks[name] else { continue }
            devices[index].functions += all.subtracting(device.functions).sorted()
        }
        for index in devices.indices {
            guard let disk = devices[index].disk.flatMap({ positions[$0] }) else { continue }
            let own = devices[index].functions
            devices[index].functions += devices[disk].functions.filter { !own.contains($0) }
        }
    }

    // MARK: NVMe

    /// The controllers of each drive.
    private static func drives(_ controllers: [NVMeController]) -> [[NVMeController]] {
        let marks: [[String]] = controllers.map { controller in
            var marks: [String] = []
            if let folder = controller.subsystemFolder { marks.append("folder \(folder)") }
            // All discovery controllers of a network have one name.
            if let name = controller.subsystem, !name.hasSuffix(".discovery") { marks.append("nqn \(name)") }
            if let serial = controller.serial, serial.contains(where: { $0 != "0" && $0 != " " }) {
                marks.append("serial \(serial) \(controller.model ?? "")")
            }
            return marks
        }
        // Whatever has a mark in common is one drive.
        var groups: [Set<Int>] = []
        var known: [String: Int] = [:]
        for (position, marks) in marks.enumerated() {
            let joined = Set(marks.compactMap { known[$0] }).sorted()
            var group: Set<Int> = [position]
            for index in joined {
                group.formUnion(groups[index])
                groups[index] = []
            }
            groups.append(group)
            for (mark, index) in known where joined.contains(index) { known[mark] = groups.count - 1 }
            for mark in marks { known[mark] = groups.count - 1 }
        }
        return groups.filter { !$0.isEmpty }.map { group in group.sorted().map { controllers[$0] } }
    }

    private static func title(of drive: [NVMeController]) -> String {
        if let serial = drive.lazy.compactMap(\.serial).first { return "the drive with serial number \(serial)" }
        return drive.lazy.compactMap(\.subsystem).first.map { "the drive \($0)" } ?? "the same drive"
    }

    /// The controllers of a namespace's drive; of controllers that are virtual functions, only those that have the
    /// namespace.
    private static func functions(
        of device: BlockDevice, _ drives: [[NVMeController]], _ virtual: Set<PCIAddress>
    ) -> [PCIAddress] {
        guard device.path.contains("/nvme"), let namespace = NVMeEnumeration.namespace(device.disk ?? device.name)
        else { return device.functions }
        let parts = Set(device.path.split(separator: "/").map(String.init))
        let drive = drives.first { drive in
            drive.contains { parts.contains($0.name) || ($0.subsystemFolder.map(parts.contains) ?? false) }
        }
        guard let drive else { return device.functions }
        var functions = device.functions
        for controller in drive {
            guard let address = controller.address, !functions.contains(address) else { continue }
            if !virtual.contains(address) || controller.namespaces.contains(where: { $0.name == namespace.name }) {
                functions.append(address)
            }
        }
        return functions
    }
}
