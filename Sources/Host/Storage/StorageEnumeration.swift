import Model

/// Reads block devices, what they consist of, and what is mounted or used for swap.
struct StorageEnumeration {
    private(set) var devices: [BlockDevice] = []
    private(set) var mounts: [Mount] = []
    /// `/dev/…` of swap areas.
    private(set) var swaps: [String] = []
    private(set) var spanned: [SpannedFileSystem] = []
    /// Whether a ZFS pool is imported. No file lists the pool's disks.
    private(set) var hasPools = false
    /// The functions that lead to a device of the SCSI bus, by world wide name.
    private(set) var bus: [String: Set<PCIAddress>] = [:]
    private(set) var problems: [HostProblem] = []

    init(_ root: SysfsRoot) {
        for name in (try? root.names(in: "/sys/class/block")) ?? [] {
            let entry = "/sys/class/block/\(name)"
            let path = (try? root.destination(of: entry)) ?? entry
            do {
                var folder = try DeviceFolder(root, path)
                let parts = path.split(separator: "/")
                devices.append(
                    BlockDevice(
                        name: name, number: folder.text("dev"), path: path,
                        disk: folder.has("partition") ? parts.dropLast().last.map(String.init) : nil,
                        // In units of 512 bytes, whatever the device's own block is.
                        size: folder.number("size").flatMap { $0 >= 0 && $0 < 1 << 53 ? UInt64($0) * 512 : nil },
                        slaves: Self.slaves(&folder),
                        holders: folder.has("holders") ? (try? root.names(in: "\(path)/holders")) ?? [] : [],
                        mapperName: folder.has("dm") ? try? root.text("\(path)/dm/name") : nil,
                        wwid: Self.worldWideName(&folder), functions: DevicePath.function(of: path).map { [$0] } ?? []))
                problems += folder.problems
            } catch {
                problems.append(HostProblem(path: entry, text: error.description))
            }
        }
        readBus(root)
        readMounts(root)
        readSpannedFileSystems(root)
        if let text = try? root.text("/proc/swaps", limit: 1 << 16) {
            swaps = text.split(separator: "\n").dropFirst().compactMap { line in
                line.split(whereSeparator: { $0 == " " || $0 == "\t" }).first.map(String.init)
            }.filter { $0.hasPrefix("/dev/") }
        }
    }

    private mutating func readMounts(_ root: SysfsRoot) {
        var text: String
        do {
            text = try root.text("/proc/self/mountinfo", limit: 4 << 20)
        } catch {
            problems.append(HostProblem(path: "/proc/self/mountinfo", text: error.description))
            return
        }
        // An agent in a container sees its own mounts alone; the machine's are those of the first process.
        if let machine = try? root.text("/proc/1/mountinfo", limit: 4 << 20), machine != text { text += "\n" + machine }
        var seen: Set<Substring> = []
        for line in text.split(separator: "\n") where seen.insert(line).inserted {
            // id, parent, major:minor, root, mount point, options, optional fields, "-", kind, source, options
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count >= 9, let dash = words.dropFirst(6).firstIndex(of: "-"), dash + 2 < words.count else {
                problems.append(HostProblem(path: "/proc/self/mountinfo", text: "has a line of unknown form"))
                continue
            }
            mounts.append(
                Mount(
                    source: Self.unescaped(words[dash + 2]), mountPoint: Self.unescaped(words[4]),
                    kind: String(words[dash + 1]), number: String(words[2]),
                    companions: dash + 3 < words.count ? Self.companions(words[dash + 3]) : []))
        }
    }

    /// `rw,logdev=/dev/sdb1`.
    private static func companions(_ options: Substring) -> [String] {
        options.split(separator: ",").compactMap { option in
            guard let sign = option.firstIndex(of: "="), ["logdev", "rtdev", "journal_path"].contains(option[..<sign])
            else { return nil }
            return unescaped(option[option.index(after: sign)...])
        }
    }

    private mutating func readSpannedFileSystems(_ root: SysfsRoot) {
        for name in (try? root.names(in: "/sys/fs/btrfs")) ?? [] {
            guard let devices = try? root.names(in: "/sys/fs/btrfs/\(name)/devices"), !devices.isEmpty else { continue }
            spanned.append(SpannedFileSystem(kind: "btrfs", devices: devices))
        }
        for name in (try? root.names(in: "/sys/fs/bcachefs")) ?? [] {
            let devices = ((try? root.names(in: "/sys/fs/bcachefs/\(name)")) ?? []).compactMap { entry -> String? in
                guard entry.hasPrefix("dev-"),
                    let target = try? root.target(of: "/sys/fs/bcachefs/\(name)/\(entry)/block")
                else { return nil }
                return target.split(separator: "/").last.map(String.init)
            }
            if !devices.isEmpty { spanned.append(SpannedFileSystem(kind: "bcachefs", devices: devices)) }
        }
        let pools = (try? root.names(in: "/proc/spl/kstat/zfs")) ?? []
        hasPools =
            mounts.contains { $0.kind == "zfs" }
            || pools.contains { root.kind(of: "/proc/spl/kstat/zfs/\($0)") == .folder }
    }

    private static func slaves(_ folder: inout DeviceFolder) -> [String] {
        var slaves = folder.has("slaves") ? (try? folder.root.names(in: "\(folder.path)/slaves")) ?? [] : []
        // A loop device may lie on a whole disk, which the kernel lists nowhere as its slave.
        if folder.has("loop"), let file = try? folder.root.text("\(folder.path)/loop/backing_file"),
            file.hasPrefix("/dev/")
        {
            slaves.append(String(file.dropFirst(5)))
        }
        return slaves
    }

    /// A disk's world wide name; nil if it has none that identifies it.
    private static func worldWideName(_ folder: inout DeviceFolder) -> String? {
        if let text = folder.text("wwid") { return telling(text) }
        guard !folder.has("partition") else { return nil }
        // Of a SCSI disk it stands with the device two folders above.
        let parts = folder.path.split(separator: "/")
        var homes = ["/" + parts.dropLast(2).joined(separator: "/")]
        if folder.has("device"), let home = try? folder.root.destination(of: "\(folder.path)/device") {
            homes.insert(home, at: 0)
        }
        let root = folder.root
        return homes.lazy.compactMap { try? root.text("\($0)/wwid") }.first.flatMap(telling)
    }

    private static func telling(_ name: String) -> String? {
        let number = name.drop { $0 != "." }.dropFirst()
        return number.utf8.count >= 6 && number.contains { $0 != "0" && $0 != "-" } ? name : nil
    }

    /// Reads tapes, changers and enclosures, which share a bus with disks.
    private mutating func readBus(_ root: SysfsRoot) {
        for name in (try? root.names(in: "/sys/class/scsi_device")) ?? [] {
            guard let path = try? root.destination(of: "/sys/class/scsi_device/\(name)"),
                let function = DevicePath.function(of: path)
            else { continue }
            let home = "/" + path.split(separator: "/").dropLast(2).joined(separator: "/")
            guard let text = try? root.text("\(home)/wwid"), let name = Self.telling(text) else { continue }
            bus[name, default: []].insert(function)
        }
    }

    /// Decodes `\040` and similar sequences, which stand for white space in the kernel's tables.
    static func unescaped(_ word: Substring) -> String {
        guard word.contains("\\") else { return String(word) }
        var bytes: [UInt8] = []
        var rest = Array(word.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 92, rest.count >= 3, rest.prefix(3).allSatisfy({ (48...55).contains($0) }),
                let value = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
