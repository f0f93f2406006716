import Model
import Synchronization

/// The drives of a recorded host and the programs that work on them. What these do to namespaces appears in the tree,
/// as it would on the host.
struct PlayedDrives: Sendable {
    /// By serial number.
    let drives: [String: PlayedDrive]

    init(in tree: MemoryTree) {
        let host = HostSnapshot(SysfsRoot(tree), readsSerials: false)
        var drives: [String: PlayedDrive] = [:]
        for (serial, controllers) in Dictionary(
            grouping: host.nvme.filter { $0.serial != nil }, by: { $0.serial ?? "" })
        {
            let numbers = controllers.map { Self.number(of: $0, in: controllers) }
            var namespaces: [UInt32: PlayedNamespace] = [:]
            for (controller, number) in zip(controllers, numbers) {
                for namespace in controller.namespaces {
                    let id = UInt32(clamping: namespace.identifier)
                    namespaces[id, default: PlayedNamespace(number: id, size: namespace.size ?? 0, controllers: [])]
                        .controllers.insert(number)
                }
                for id in Self.hidden(controller, tree) where namespaces[id] == nil {
                    namespaces[id] = PlayedNamespace(
                        number: id, size: 1 << 30, controllers: [number], isOfBlocks: false)
                }
            }
            let drive = PlayedDrive(
                serial: serial, controllers: Array(Set(numbers)).sorted(), namespaces: Array(namespaces.values))
            drives[serial] = drive
            for namespace in controllers.flatMap(\.namespaces) {
                tree.attach(drive, UInt32(clamping: namespace.identifier), at: "/dev/\(namespace.name)")
            }
        }
        self.drives = drives
    }

    /// `nvme` and `blkdiscard`; other programs are not installed.
    func commands(in tree: MemoryTree) -> PlayedCommands {
        PlayedCommands { command throws(CommandFault) in
            guard ["nvme", "blkdiscard"].contains(command.program) else { return nil }
            let node = command.arguments.lazy.filter { $0.hasPrefix("/dev/nvme") }.map { String($0.dropFirst(5)) }.first
            // Gone while another driver has the drive.
            let host = HostSnapshot(SysfsRoot(tree), readsSerials: false)
            let controller = host.nvme.first { one in one.name == node || one.namespaces.contains { $0.name == node } }
            guard let controller, let drive = controller.serial.flatMap({ drives[$0] }) else {
                return CommandResult(status: 1, "", errors: "/dev/\(node ?? ""): No such file or directory")
            }
            let shown = controller.namespaces.first { $0.name == node }.map { UInt32(clamping: $0.identifier) }
            let result: CommandResult
            if command.program == "nvme" {
                result = drive.answer(
                    command.arguments, controller: Self.number(of: controller, in: host.nvme), shown: shown)
            } else {
                result = shown.map { drive.zero($0) } ?? CommandResult(status: 1, "", errors: "not a block device")
            }
            for one in host.nvme where one.serial == controller.serial {
                show(drive, Self.number(of: one, in: host.nvme), one, tree)
            }
            return result
        }
    }

    /// The drive's own number of the controller; if the recording lacks it, its position among the drive's controllers.
    private static func number(of controller: NVMeController, in all: [NVMeController]) -> Int {
        controller.controllerID
            ?? all.filter { $0.serial == controller.serial }.firstIndex { $0.name == controller.name } ?? 0
    }

    /// Namespaces that the kernel shows only as character devices, such as `ng4n1`.
    private static func hidden(_ controller: NVMeController, _ tree: MemoryTree) -> [UInt32] {
        let root = SysfsRoot(tree)
        guard let path = try? root.destination(of: "/sys/class/nvme/\(controller.name)") else { return [] }
        let shown = Set(controller.namespaces.map(\.name))
        return ((try? root.names(in: path)) ?? []).filter { $0.hasPrefix("ng") }.compactMap { name in
            guard !shown.contains("nvme" + name.dropFirst(2)) else { return nil }
            return name.split(separator: "n").last.flatMap { UInt32($0) }
        }
    }

    /// Updates the tree with the controller's present namespaces.
    private func show(_ drive: PlayedDrive, _ number: Int, _ controller: NVMeController, _ tree: MemoryTree) {
        let root = SysfsRoot(tree)
        guard let home = try? root.destination(of: "/sys/class/nvme/\(controller.name)") else { return }
        let had = drive.state.withLock { $0.namespaces }.filter { $0.isOfBlocks && $0.controllers.contains(number) }
        for namespace in controller.namespaces where !had.contains(where: { $0.number == namespace.identifier }) {
            for entry in (try? root.names(in: home)) ?? []
            where NVMeEnumeration.namespace(entry)?.name == namespace.name {
                tree.remove("\(home)/\(entry)")
                tree.remove("/sys/class/block/\(entry)")
            }
            tree.remove("/sys/class/block/\(namespace.name)")
            tree.remove("/dev/\(namespace.name)")
        }
        for namespace in had {
            var name = controller.namespaces.first { $0.identifier == namespace.number }?.name
            if name == nil {
                let new = "\(controller.name)n\(namespace.number)"
                tree.file("\(home)/\(new)/nsid", "\(namespace.number)\n")
                tree.file("\(home)/\(new)/dev", "259:\(100 + 16 * number + Int(namespace.number))\n")
                tree.link("/sys/class/block/\(new)", to: "../../\(home.dropFirst("/sys/".count))/\(new)")
                tree.attach(drive, namespace.number, at: "/dev/\(new)")
                name = new
            }
            guard let path = name.flatMap({ try? root.destination(of: "/sys/class/block/\($0)") }) else { continue }
            tree.file("\(path)/size", "\(namespace.format == 0 ? namespace.size / 512 : 0)\n")
        }
    }
}
