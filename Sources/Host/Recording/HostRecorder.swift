/// Writes what drivers read on a host into an archive, from which `RecordedHost` restores it.
///
/// The archive contains the host's name, addresses of interfaces, mount points and serial numbers, but no content of
/// the host's files.
public enum HostRecorder {
    /// The archive's bytes. `note` is free text for readers; it is stored as a comment at the top. Never fails: what
    /// cannot be read is recorded as unreadable, or is left out if the host does not show it.
    public static func record(root: SysfsRoot, note: String = "") -> [UInt8] {
        var recording = Recording(root)
        for file in ["/proc/sys/kernel/hostname", "/proc/self/mountinfo", "/proc/swaps", "/proc/net/route"]
            + [
                "/proc/net/ipv6_route", "/sys/devices/system/node/online", "/sys/class/tty/console/active",
                "/proc/net/dev",
            ]
        {
            recording.file(file)
        }
        for name in names(root, "/sys/devices/system/node") where name.hasPrefix("node") {
            for file in ["cpulist", "meminfo", "distance"] {
                recording.file("/sys/devices/system/node/\(name)/\(file)")
            }
        }
        for folder in [
            "/sys/bus/pci/devices", "/sys/bus/mdev/devices", "/sys/class/block", "/sys/class/net", "/sys/class/nvme",
            "/sys/class/nvme-subsystem", "/sys/class/mdev_bus", "/sys/class/graphics", "/sys/class/drm",
            "/sys/class/fpga", "/sys/class/fpga_region", "/sys/class/fpga_manager", "/sys/bus/vdpa/devices",
            "/sys/class/vtconsole",
        ] {
            for name in names(root, folder) {
                let entry = "\(folder)/\(name)"
                recording.entry(entry)
                guard let device = try? root.destination(of: entry) else { continue }
                recording.device(device)
                if folder == "/sys/class/block" { recording.worldWideName(of: device) }
            }
        }
        for name in names(root, "/sys/class/scsi_device") {
            let entry = "/sys/class/scsi_device/\(name)"
            guard let path = try? root.destination(of: entry) else { continue }
            recording.entry(entry)
            recording.file("/" + path.split(separator: "/").dropLast(2).joined(separator: "/") + "/wwid")
        }
        recording.machineMounts()
        let active = (try? root.text("/sys/class/tty/console/active")) ?? ""
        for name in active.split(separator: " ") where !name.contains("/") { recording.entry("/sys/class/tty/\(name)") }
        for name in names(root, "/sys/fs/btrfs") {
            for device in names(root, "/sys/fs/btrfs/\(name)/devices") {
                recording.entry("/sys/fs/btrfs/\(name)/devices/\(device)")
            }
        }
        for name in names(root, "/sys/fs/bcachefs") {
            for entry in names(root, "/sys/fs/bcachefs/\(name)") where entry.hasPrefix("dev-") {
                recording.entry("/sys/fs/bcachefs/\(name)/\(entry)/block")
            }
        }
        for name in names(root, "/proc/spl/kstat/zfs") where root.kind(of: "/proc/spl/kstat/zfs/\(name)") == .folder {
            recording.folder("/proc/spl/kstat/zfs/\(name)")
        }
        // Which drivers the kernel has loaded.
        for name in names(root, "/sys/bus/pci/drivers") { recording.folder("/sys/bus/pci/drivers/\(name)") }
        return recording.archive(note: note)
    }

    private static func names(_ root: SysfsRoot, _ folder: String) -> [String] { (try? root.names(in: folder)) ?? [] }
}

/// A recording in progress.
private struct Recording {
    private let root: SysfsRoot
    private var folders: [String: [String: Entry]] = [:]
    /// Bytes of files so far. The limit is half of an archive's, because binary bytes take two characters each.
    private var size = 0

    private enum Entry {
        case file([UInt8])
        case link(String)
        case unreadable
    }

    /// Folders of a device that contain nothing about it, and folders of other devices.
    private static let noise: Set<String> = [
        "power", "msi_irqs", "wakeup", "statistics", "queues", "mq", "hwmon", "firmware_node", "trace", "integrity",
        "iommu", "ptp", "i2c", "cmb",
    ]
    /// Files that are large, change by themselves, act when they are written, or disturb the device when they are read.
    private static let unwanted: Set<String> = [
        "rom", "vpd", "create", "remove", "rescan", "reset", "stat", "inflight", "irq", "carrier_changes",
        "carrier_up_count",
        "carrier_down_count", "uevent_event", "config",
    ]

    init(_ root: SysfsRoot) {
        self.root = root
    }

    mutating func file(_ path: String) {
        guard let (folder, name) = Self.split(path) else { return }
        do {
            keep(try root.bytes(path, limit: RecordingLimits.file), folder, name)
        } catch {
            if error.reason == .denied { folders[folder, default: [:]][name] = .unreadable }
        }
    }

    /// For a SCSI disk the world wide name is in the folder of its device.
    mutating func worldWideName(of disk: String) {
        guard root.kind(of: "\(disk)/device") == .link, let home = try? root.destination(of: "\(disk)/device"),
            root.kind(of: "\(home)/wwid") == .file
        else { return }
        file("\(home)/wwid")
    }

    /// Records the first process's mounts, if they differ from this process's.
    mutating func machineMounts() {
        let machine = try? root.bytes("/proc/1/mountinfo", limit: 1 << 20)
        if let machine, machine != (try? root.bytes("/proc/self/mountinfo", limit: 1 << 20)) {
            file("/proc/1/mountinfo")
        }
    }

    mutating func entry(_ path: String) {
        guard let (folder, name) = Self.split(path) else { return }
        if let target = try? root.target(of: path) {
            folders[folder, default: [:]][name] = .link(target)
        } else if root.kind(of: path) == .file {
            file(path)
        }
    }

    mutating func folder(_ path: String) {
        if folders[path] == nil { folders[path] = [:] }
    }

    /// Records a device's folder with its content, without the folders of devices that are recorded separately.
    mutating func device(_ path: String, depth: Int = 0) {
        guard folders[path] == nil, depth <= 4, let names = try? root.names(in: path) else { return }
        folder(path)
        for name in names {
            let entry = "\(path)/\(name)"
            switch root.kind(of: entry) {
            case .link: self.entry(entry)
            case .folder:
                if !Self.noise.contains(name), name.filter({ $0 == ":" }).count != 2 { device(entry, depth: depth + 1) }
            case .file:
                if name == "reset" {
                    // That it is there says that the function can be reset; it is not read.
                    folders[path, default: [:]][name] = .file([])
                } else if name == "config" {
                    configuration(entry)
                } else if !Self.unwanted.contains(name), !name.hasPrefix("resource") || name == "resource" {
                    attribute(entry)
                }
            case .special, nil: break
            }
        }
    }

    private mutating func attribute(_ path: String) {
        guard let (folder, name) = Self.split(path) else { return }
        do {
            keep(try root.bytes(path, limit: 8192), folder, name)
        } catch {
            // Many attributes fail to read on healthy devices; those that may not be read are worth showing.
            if error.reason == .denied { folders[folder, default: [:]][name] = .unreadable }
        }
    }

    /// Records configuration space up to its last byte that is not zero. All of it would be most of the archive.
    private mutating func configuration(_ path: String) {
        guard let (folder, name) = Self.split(path), var bytes = try? root.bytes(path, limit: 4096) else { return }
        while bytes.last == 0 { bytes.removeLast() }
        keep(bytes, folder, name)
    }

    /// Leaves out files that would make the archive too large to be read again.
    private mutating func keep(_ bytes: [UInt8], _ folder: String, _ name: String) {
        guard size + bytes.count <= RecordingLimits.archive / 4 else { return }
        size += bytes.count
        folders[folder, default: [:]][name] = .file(bytes)
    }

    func archive(note: String) -> [UInt8] {
        var out = Array((RecordingFormat.heading + "\n").utf8)
        for line in note.split(separator: "\n") { out += Array("# \(line)\n".utf8) }
        for (folder, entries) in folders.sorted(by: { $0.key < $1.key }) {
            out += RecordingFormat.escaped(folder.utf8) + [10]
            for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
                let name = RecordingFormat.escaped(name.utf8)
                switch entry {
                case .file(let bytes):
                    // Text stays text for whoever reads the archive.
                    if bytes.contains(0) || String(validating: bytes, as: UTF8.self) == nil {
                        out += [32, 98, 32] + name + [9] + RecordingFormat.hexadecimal(bytes) + [10]
                    } else {
                        out += [32, 102, 32] + name + [9] + RecordingFormat.escaped(bytes) + [10]
                    }
                case .link(let target):
                    out += [32, 108, 32] + name + [9] + RecordingFormat.escaped(target.utf8) + [10]
                case .unreadable: out += [32, 120, 32] + name + [10]
                }
            }
        }
        return out
    }

    private static func split(_ path: String) -> (String, String)? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }
}
