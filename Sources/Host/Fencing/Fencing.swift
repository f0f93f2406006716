public import Model

/// The devices that a host itself depends on. They are never offered and never unbound.
public struct Fencing: Sendable, Equatable {
    /// The reasons by function, in the order in which they were found.
    public private(set) var reasons: [PCIAddress: [FenceReason]] = [:]
    /// Functions that are fenced unless an entry names them.
    private var cautions: [PCIAddress: FenceReason.Caution] = [:]

    public init(_ host: HostSnapshot) {
        fenceDisks(of: host)
        fenceInterfaces(of: host)
        fenceOtherNamespaces(of: host)
        fenceDisplays(of: host)
        for (name, address) in host.framebuffers.sorted(by: { $0.key < $1.key }) { add(address, .framebuffer(name)) }
        for (name, address) in host.consoles.sorted(by: { $0.key < $1.key }) { add(address, .console(name)) }
        fenceMachinery(of: host)
        fenceUpstream(in: host)
        fencePhysicalFunctions(of: host)
        fenceCompanions(in: host)
    }

    /// Why the function is fenced; empty if it may be offered.
    ///
    /// - Parameter isNamed: whether the operator names this product or address, rather than all devices of a vendor
    public func reasons(for address: PCIAddress, isNamed: Bool = false) -> [FenceReason] {
        if let reasons = reasons[address] { return reasons }
        guard !isNamed, let caution = cautions[address] else { return [] }
        return [.unnamed(caution)]
    }

    package func isFenced(_ address: PCIAddress) -> Bool { reasons[address] != nil }

    private mutating func add(_ address: PCIAddress, _ reason: FenceReason) {
        if reasons[address]?.contains(reason) != true { reasons[address, default: []].append(reason) }
    }

    // MARK: Disks

    private mutating func fenceDisks(of host: HostSnapshot) {
        let devices = Dictionary(host.blocks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var numbers: [String: String] = [:]
        var names: [String: String] = [:]
        for block in host.blocks {
            if let number = block.number { numbers[number] = block.name }
            names["/dev/\(block.name)"] = block.name
            if let mapper = block.mapperName { names["/dev/mapper/\(mapper)"] = block.name }
        }
        for mount in host.mounts {
            // File systems over several devices have a number of their own; their source names one of them.
            let sources = [numbers[mount.number] ?? names[mount.source]] + mount.companions.map { names[$0] }
            for device in sources.compactMap({ $0 }) {
                for leaf in Self.leaves(of: device, in: devices) {
                    for address in leaf.functions {
                        add(address, .mounted(device: device, mountPoint: mount.mountPoint))
                    }
                }
            }
        }
        for fileSystem in host.spannedFileSystems {
            for device in fileSystem.devices {
                for leaf in Self.leaves(of: device, in: devices) {
                    for address in leaf.functions { add(address, .spanned(device: device, kind: fileSystem.kind)) }
                }
            }
        }
        if host.hasPools {
            for disk in Set(host.blocks.compactMap(\.disk)).sorted() {
                for address in devices[disk]?.functions ?? [] { add(address, .pool(device: disk)) }
            }
        }
        for swap in host.swaps {
            guard let device = names[swap] else { continue }
            for leaf in Self.leaves(of: device, in: devices) {
                for address in leaf.functions { add(address, .swap(device: device)) }
            }
        }
        for block in host.blocks {
            for holder in block.holders {
                let title = devices[holder]?.mapperName.map { "\(holder) (\($0))" } ?? holder
                for address in block.functions { add(address, .held(device: block.name, by: title)) }
            }
        }
    }

    /// The devices at the bottom, for instance below an encrypted volume on a RAID of partitions.
    private static func leaves(of name: String, in devices: [String: BlockDevice]) -> [BlockDevice] {
        var found: [BlockDevice] = []
        var seen: Set<String> = []
        var open = [name]
        while let next = open.popLast() {
            guard seen.insert(next).inserted, let device = devices[next] else { continue }
            if device.slaves.isEmpty { found.append(device) } else { open += device.slaves }
            // What the slaves of a partition's disk are, the partition lies on too.
            if let disk = device.disk, let parent = devices[disk], !parent.slaves.isEmpty { open += parent.slaves }
        }
        return found
    }

    // MARK: Interfaces

    private mutating func fenceInterfaces(of host: HostSnapshot) {
        let interfaces = Dictionary(host.interfaces.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let ports = Dictionary(grouping: host.interfaces.filter { $0.master != nil }) { $0.master ?? "" }
        for route in host.routes {
            var seen: Set<String> = []
            var open = [route.interface]
            while let name = open.popLast() {
                guard seen.insert(name).inserted, let interface = interfaces[name] else { continue }
                if let address = interface.address {
                    add(address, .route(interface: route.interface, destination: route.destination))
                }
                open += interface.lower + (ports[name]?.map(\.name) ?? [])
            }
        }
        for interface in host.interfaces {
            guard let address = interface.address else { continue }
            if let master = interface.master { add(address, .port(interface: interface.name, of: master)) }
            // A VLAN, or the interface of a container or guest, without a route of its own.
            for upper in interface.upper where upper != interface.master {
                add(address, .port(interface: interface.name, of: upper))
            }
        }
    }

    /// Fences interfaces in another network namespace, because the agent cannot see whether they are used.
    private mutating func fenceOtherNamespaces(of host: HostSnapshot) {
        let visible = Set(host.interfaces.compactMap(\.address))
        for function in host.functions where !visible.contains(function.address) {
            guard let driver = function.hostDriver else { continue }
            // Where a tree shows no interfaces at all, that a driver has none says nothing.
            if function.hasInterfaces || (function.classCode.isNetwork && host.showsInterfaces) {
                add(function.address, .hiddenInterface(driver: driver))
            }
        }
        for interface in host.interfaces where host.isForeign(interface) {
            if let address = interface.address { add(address, .hiddenRoutes(interface: interface.name)) }
        }
    }

    // MARK: What hangs together

    private mutating func fenceDisplays(of host: HostSnapshot) {
        for function in host.functions where function.isBootDisplay {
            if let driver = function.hostDriver {
                add(function.address, .bootDisplay(user: "'\(driver)' runs it for the host"))
            } else if let name = host.firmwareFramebuffer {
                add(function.address, .bootDisplay(user: "\(name) is the firmware's picture on it"))
            } else if host.hasTextDisplay, function.driver == nil {
                add(function.address, .bootDisplay(user: "the console writes text on it"))
            } else {
                cautions[function.address] = .bootDisplay
            }
        }
    }

    private mutating func fenceMachinery(of host: HostSnapshot) {
        for function in host.functions {
            let kind = function.classCode
            if kind.isMachinery { add(function.address, .machinery(kind.name)) }
            if kind.isOtherBridge { cautions[function.address] = .otherBridge }
            guard kind.isMemory else { continue }
            // By its kind, not by what module happens to be loaded: cards with programmable logic show this class, too.
            if let driver = function.hostDriver, Self.memoryDrivers.contains(where: driver.hasPrefix) {
                add(function.address, .memory(driver: driver))
            } else if kind.isCXLMemory, !function.hasGuestDriver {
                add(function.address, .memory(driver: nil))
            } else if !Self.logicVendors.contains(function.vendor) {
                cautions[function.address] = .memoryClass
            }
        }
    }

    /// Prefixes of drivers that provide memory to the host: for CXL and for persistent memory.
    private static let memoryDrivers = ["cxl", "nd_", "nvdimm"]
    /// Vendors of programmable logic, whose memory controllers are not the machine's memory: Xilinx, Altera, Lattice,
    /// Microchip, and Amazon's instances.
    private static let logicVendors: Set<UInt16> = [0x10ee, 0x1172, 0x1204, 0x11aa, 0x1d0f]

    /// Fences a volume management device if a drive behind it is fenced. Bridges on the way are never offered.
    private mutating func fenceUpstream(in host: HostSnapshot) {
        for function in host.functions where isFenced(function.address) {
            for above in DevicePath.chain(of: function.path) where above != function.address {
                guard let upper = host.function(at: above), !upper.classCode.isBridge else { continue }
                add(above, .upstream(of: function.address))
            }
        }
    }

    private mutating func fencePhysicalFunctions(of host: HostSnapshot) {
        for function in host.functions {
            guard let physical = function.physicalFunction, isFenced(function.address) else { continue }
            add(physical, .virtualFunction(function.address))
        }
    }

    private mutating func fenceCompanions(in host: HostSnapshot) {
        let grouped = host.functions.filter { $0.iommuGroup != nil && !$0.classCode.isBridge }
        for (group, members) in Dictionary(grouping: grouped, by: { $0.iommuGroup ?? -1 }) where members.count > 1 {
            guard let needed = members.first(where: { isFenced($0.address) }) else { continue }
            for member in members where member.address != needed.address && !isFenced(member.address) {
                add(member.address, .companion(needed.address, group: group))
            }
        }
    }
}
