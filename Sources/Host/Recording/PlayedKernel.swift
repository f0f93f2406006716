import Model
import Synchronization

/// Handles writes to a recorded host as the kernel of that host would: drivers bind and unbind, virtual functions and
/// mediated devices appear and disappear, resets succeed. So the complete life of a device can be shown and tested
/// without hardware.
///
/// It simulates only what this program's drivers use. Everything else it refuses as a kernel does.
final class PlayedKernel: Sendable {
    private struct State {
        /// The nodes below a function while a driver ran it, or a virtual function with all its nodes; by function and
        /// driver.
        var put: [String: [(path: String, node: MemoryTree.Node)]] = [:]
        /// The first driver of each function.
        var firstDrivers: [String: String] = [:]
        /// How many mediated devices of a type its parent can hold if it holds no others; by the type's folder.
        var capacities: [String: Int] = [:]
    }

    private static let pci = "/sys/bus/pci/devices"
    private let state = Mutex(State())
    /// One write after another, as a parent's lock in the kernel has it: what is left is counted from what is there.
    private let turn = Mutex(())
    private let vgpus = PlayedVGPUs()

    /// Creates the files that are only written, which no recording contains, and registers for writes.
    init(in tree: MemoryTree) {
        if tree.kind(of: Self.pci) != nil { tree.file("/sys/bus/pci/drivers_probe", "") }
        for name in Self.names(tree, "/sys/bus/pci/drivers") {
            tree.file("/sys/bus/pci/drivers/\(name)/bind", "")
            tree.file("/sys/bus/pci/drivers/\(name)/unbind", "")
        }
        for name in Self.names(tree, Self.pci) {
            guard let path = Self.home(tree, "\(Self.pci)/\(name)") else { continue }
            if tree.node(at: "\(path)/reset_method") != nil { tree.file("\(path)/reset", "") }
            if let driver = Self.last(tree, "\(path)/driver") { state.withLock { $0.firstDrivers[name] = driver } }
        }
        vgpus.learn(tree)
        for name in Self.names(tree, "/sys/class/mdev_bus") {
            guard let path = Self.home(tree, "/sys/class/mdev_bus/\(name)") else { continue }
            learnCapacities(tree, path)
        }
        for name in Self.names(tree, "/sys/bus/mdev/devices") {
            if let path = Self.home(tree, "/sys/bus/mdev/devices/\(name)") { tree.file("\(path)/remove", "") }
        }
        tree.onWrite { [self] tree, path, text in
            turn.withLock { _ in answer(tree, path, text.filter { $0 != "\n" }) }
        }
    }

    private func answer(_ tree: MemoryTree, _ path: String, _ text: String) -> TreeFault.Reason? {
        let parts = path.split(separator: "/").map(String.init)
        guard let name = parts.last else { return nil }
        let folder = "/" + parts.dropLast().joined(separator: "/")
        switch name {
        case "unbind" where path.hasPrefix("/sys/bus/pci/drivers/"): return unbind(tree, text, parts[parts.count - 2])
        case "bind" where path.hasPrefix("/sys/bus/pci/drivers/"): return bind(tree, text, parts[parts.count - 2])
        case "drivers_probe": return probe(tree, text)
        case "driver_override":
            if text.isEmpty { tree.file(path, "(null)") }
            return nil
        case "sriov_numvfs": return setVirtualFunctions(tree, folder, text)
        case "current_vgpu_type": return vgpus.setType(tree, folder, text)
        case "create" where parts.dropLast(2).last == "mdev_supported_types": return create(tree, folder, text)
        case "remove" where tree.node(at: "\(folder)/mdev_type") != nil: return remove(tree, folder)
        default: return nil
        }
    }

    // MARK: Drivers

    private func unbind(_ tree: MemoryTree, _ address: String, _ driver: String) -> TreeFault.Reason? {
        guard let path = Self.home(tree, "\(Self.pci)/\(address)"), Self.last(tree, "\(path)/driver") == driver else {
            return .missing
        }
        tree.remove("\(path)/driver")
        let works = ["nvme", "net", "drm", "graphics", "mdev_supported_types", "fpga", "fpga_manager", "fpga_region"]
        var taken: [(path: String, node: MemoryTree.Node)] = []
        for folder in works { taken += tree.take("\(path)/\(folder)") }
        // The links that lead to what is gone, and the disk that native multipath keeps elsewhere.
        let spaces = Set(
            taken.flatMap { $0.path.split(separator: "/") }.compactMap { NVMeEnumeration.namespace(String($0))?.name })
        for folder in ["block", "net", "nvme", "drm", "graphics", "mdev_bus", "fpga_manager", "fpga_region"] {
            for name in Self.names(tree, "/sys/class/\(folder)") {
                let link = "/sys/class/\(folder)/\(name)"
                guard let target = try? tree.target(of: link) else { continue }
                let leadsThere = works.contains { target.contains("/\(address)/\($0)/") }
                let isParent = folder == "mdev_bus" && target.hasSuffix("/\(address)")
                if leadsThere || isParent || (folder == "block" && spaces.contains(name)) { taken += tree.take(link) }
            }
        }
        state.withLock { $0.put["\(address) \(driver)"] = taken }
        return nil
    }

    private func bind(_ tree: MemoryTree, _ address: String, _ driver: String) -> TreeFault.Reason? {
        guard let path = Self.home(tree, "\(Self.pci)/\(address)"), tree.node(at: "\(path)/driver") == nil else {
            return .busy
        }
        let depth = path.split(separator: "/").count
        tree.link("\(path)/driver", to: String(repeating: "../", count: depth - 1) + "bus/pci/drivers/\(driver)")
        let kept = state.withLock { $0.put.removeValue(forKey: "\(address) \(driver)") }
        for entry in kept ?? [] { tree.put(entry.node, at: entry.path) }
        return nil
    }

    private func probe(_ tree: MemoryTree, _ address: String) -> TreeFault.Reason? {
        guard let path = Self.home(tree, "\(Self.pci)/\(address)") else { return .missing }
        guard tree.node(at: "\(path)/driver") == nil else { return nil }
        let forced = Self.text(tree, "\(path)/driver_override") ?? ""
        let wanted =
            forced.isEmpty || forced == "(null)" ? state.withLock { $0.firstDrivers[address] ?? "" } : forced
        guard !wanted.isEmpty, tree.node(at: "/sys/bus/pci/drivers/\(wanted)") != nil else { return nil }
        return bind(tree, address, wanted)
    }

    // MARK: Virtual functions

    private func setVirtualFunctions(_ tree: MemoryTree, _ path: String, _ text: String) -> TreeFault.Reason? {
        let links = Self.names(tree, path).filter { $0.hasPrefix("virtfn") }
        guard let count = Int(text), count >= 0, let total = Self.number(tree, "\(path)/sriov_totalvfs") else {
            return .invalid
        }
        guard count <= total else { return .invalid }
        guard count != links.count else { return nil }
        guard count == 0 || links.isEmpty else { return .busy }
        guard count == 0 || tree.node(at: "\(path)/driver") != nil else { return .missing }
        for link in links {
            guard let address = Self.last(tree, "\(path)/\(link)"), let home = Self.home(tree, "\(Self.pci)/\(address)")
            else { continue }
            let taken = tree.take(home)
            state.withLock { $0.put[address] = taken }
            tree.remove("\(Self.pci)/\(address)")
            tree.remove("\(path)/\(link)")
        }
        guard let name = path.split(separator: "/").last, let physical = PCIAddress(String(name)) else {
            return .invalid
        }
        for index in 0..<count { addVirtualFunction(tree, path, physical, index) }
        return nil
    }

    private func addVirtualFunction(_ tree: MemoryTree, _ path: String, _ physical: PCIAddress, _ index: Int) {
        let offset = Self.number(tree, "\(path)/sriov_offset") ?? 128
        let stride = Self.number(tree, "\(path)/sriov_stride") ?? 1
        let routing = Int(physical.bus) << 8 | Int(physical.device) << 3 | Int(physical.function)
        let place = routing + offset + stride * index
        guard
            let address = PCIAddress(
                domain: physical.domain, bus: UInt8(truncatingIfNeeded: place >> 8),
                device: UInt8(truncatingIfNeeded: place >> 3 & 31), function: UInt8(truncatingIfNeeded: place & 7)),
            let slash = path.lastIndex(of: "/")
        else { return }
        let home = "\(path[..<slash])/\(address)"
        let kept = state.withLock { $0.put.removeValue(forKey: address.description) }
        if let kept {
            for entry in kept { tree.put(entry.node, at: entry.path) }
        } else {
            let product = Self.text(tree, "\(path)/sriov_vf_device") ?? "0"
            let vendor = Self.text(tree, "\(path)/vendor") ?? "0x0"
            tree.file("\(home)/vendor", vendor)
            tree.file("\(home)/device", "0x\(product)")
            for name in ["class", "subsystem_vendor", "subsystem_device", "numa_node", "reset_method"] {
                if let node = tree.node(at: "\(path)/\(name)") { tree.put(node, at: "\(home)/\(name)") }
            }
            tree.file("\(home)/driver_override", "(null)")
            tree.file("\(home)/reset", "")
            let above = String(repeating: "../", count: home.split(separator: "/").count - 1)
            tree.link("\(home)/iommu_group", to: "\(above)kernel/iommu_groups/\(4096 + place)")
            tree.link("\(home)/physfn", to: "../\(physical)")
        }
        let below = home.dropFirst("/sys/".count)
        tree.link("\(Self.pci)/\(address)", to: "../../../\(below)")
        tree.link("\(path)/virtfn\(index)", to: "../\(address)")
    }

    // MARK: Mediated devices

    private func learnCapacities(_ tree: MemoryTree, _ path: String) {
        let folder = "\(path)/mdev_supported_types"
        let kinds = Self.names(tree, folder).map { "\(folder)/\($0)" }
        var free = 1.0
        for kind in kinds {
            tree.file("\(kind)/create", "")
            let made = Self.names(tree, "\(kind)/devices").count
            let available = Self.number(tree, "\(kind)/available_instances") ?? 0
            if made > 0 { free = min(free, Double(available) / Double(available + made)) }
        }
        for kind in kinds {
            let available = Double(Self.number(tree, "\(kind)/available_instances") ?? 0)
            let made = Self.names(tree, "\(kind)/devices").count
            let capacity = made > 0 || free == 0 ? Int(available) + made : Int((available / free).rounded(.up))
            state.withLock { $0.capacities[kind] = capacity }
        }
    }

    /// Updates the types of one parent: a device of one type reduces what is available of the others.
    private func share(_ tree: MemoryTree, _ folder: String) {
        let parent = folder.split(separator: "/").dropLast().joined(separator: "/")
        guard Self.last(tree, "/\(parent)/physfn") == nil else { return shareCard(tree, "/\(parent)") }
        let kinds = Self.names(tree, folder).map { "\(folder)/\($0)" }
        let capacities = state.withLock { $0.capacities }
        var free = 1.0
        for kind in kinds {
            free -= Double(Self.names(tree, "\(kind)/devices").count) / Double(max(1, capacities[kind] ?? 1))
        }
        for kind in kinds {
            let room = (free * Double(capacities[kind] ?? 0) + 1e-9).rounded(.down)
            tree.file("\(kind)/available_instances", "\(max(0, Int(room)))")
        }
    }

    /// Updates the types of a card. A virtual function holds one device, and the functions of a card share its
    /// capacity: one type at a time, as many as the type's description says.
    private func shareCard(_ tree: MemoryTree, _ parent: String) {
        guard let card = Self.last(tree, "\(parent)/physfn") else { return }
        let parents = Self.names(tree, "/sys/class/mdev_bus").compactMap {
            Self.home(tree, "/sys/class/mdev_bus/\($0)")
        }
        .filter { Self.last(tree, "\($0)/physfn") == card }
        var made: [String: Int] = [:]
        var full: Set<String> = []
        for parent in parents {
            for kind in Self.names(tree, "\(parent)/mdev_supported_types") {
                let count = Self.names(tree, "\(parent)/mdev_supported_types/\(kind)/devices").count
                made[kind, default: 0] += count
                if count > 0 { full.insert(parent) }
            }
        }
        for parent in parents {
            for kind in Self.names(tree, "\(parent)/mdev_supported_types") {
                let folder = "\(parent)/mdev_supported_types/\(kind)"
                let others = made.contains { $0.key != kind && $0.value > 0 }
                let text = Self.text(tree, "\(folder)/description")
                let limit = text?.firstRange(of: "max_instance=").flatMap { range in
                    text.flatMap { Int($0[range.upperBound...].prefix(while: \.isNumber)) }
                }
                let isRoom = !others && !full.contains(parent) && (made[kind] ?? 0) < limit ?? .max
                tree.file("\(folder)/available_instances", isRoom ? "1" : "0")
            }
        }
    }

    private func create(_ tree: MemoryTree, _ kind: String, _ name: String) -> TreeFault.Reason? {
        guard name.utf8.count == 36 else { return .invalid }
        guard tree.node(at: "/sys/bus/mdev/devices/\(name)") == nil else { return .other(17) }
        guard let room = Self.number(tree, "\(kind)/available_instances"), room > 0 else { return .other(28) }
        let parts = kind.split(separator: "/").map(String.init)
        let parent = "/" + parts.dropLast(2).joined(separator: "/")
        let home = "\(parent)/\(name)"
        tree.link("\(home)/mdev_type", to: "../mdev_supported_types/\(parts.last ?? "")")
        tree.file("\(home)/remove", "")
        tree.link("/sys/bus/mdev/devices/\(name)", to: "../../../\(home.dropFirst("/sys/".count))")
        tree.link("\(kind)/devices/\(name)", to: "../../../\(name)")
        share(tree, "\(parent)/mdev_supported_types")
        return nil
    }

    private func remove(_ tree: MemoryTree, _ home: String) -> TreeFault.Reason? {
        let parts = home.split(separator: "/").map(String.init)
        guard let name = parts.last, let kind = Self.last(tree, "\(home)/mdev_type") else { return .missing }
        let parent = "/" + parts.dropLast().joined(separator: "/")
        tree.remove(home)
        tree.remove("/sys/bus/mdev/devices/\(name)")
        tree.remove("\(parent)/mdev_supported_types/\(kind)/devices/\(name)")
        share(tree, "\(parent)/mdev_supported_types")
        return nil
    }

    // MARK: Reading the tree

    static func names(_ tree: MemoryTree, _ path: String) -> [String] {
        ((try? tree.names(in: path)) ?? []).sorted()
    }

    static func home(_ tree: MemoryTree, _ link: String) -> String? {
        guard let path = try? SysfsRoot(tree).destination(of: link), tree.node(at: path) == .folder else { return nil }
        return path
    }

    static func last(_ tree: MemoryTree, _ link: String) -> String? {
        guard let target = try? tree.target(of: link) else { return nil }
        return target.split(separator: "/").last.map(String.init)
    }

    static func text(_ tree: MemoryTree, _ path: String) -> String? { try? SysfsRoot(tree).text(path) }

    private static func number(_ tree: MemoryTree, _ path: String) -> Int? { text(tree, path).flatMap { Int($0) } }
}
