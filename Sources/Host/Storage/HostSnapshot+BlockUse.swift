/// Whether the host itself uses a block device.
extension HostSnapshot {
    /// The block device at a path below `/dev`, after following links; nil if there is none.
    public func block(at path: String, on root: SysfsRoot) -> BlockDevice? {
        var path = path
        // A link below /dev/disk leads to another one seldom, and to a node always.
        for _ in 0..<4 {
            guard root.kind(of: path) == .link, let target = try? root.destination(of: path) else { break }
            path = target
        }
        guard path.hasPrefix("/dev/") else { return nil }
        let name = path.dropFirst("/dev/".count)
        return blocks.first { $0.name == name } ?? blocks.first { $0.mapperName.map { "mapper/\($0)" } == String(name) }
    }

    /// How the host uses the device or a part of it, in words that follow its name; nil if it does not.
    public func use(of device: BlockDevice) -> String? {
        let parts = blocks.filter { $0.name == device.name || $0.disk == device.name }
        for part in parts {
            if let mount = mounts.first(where: { mount in
                (mount.number == part.number && mount.number != "0:0") || nodes(of: part).contains(mount.source)
                    || mount.companions.contains(where: nodes(of: part).contains)
            }) {
                return "is mounted at \(mount.mountPoint)"
            }
            if swaps.contains(where: nodes(of: part).contains) { return "is swapped to" }
            if let holder = part.holders.first { return "is part of \(holder)" }
            if let system = spannedFileSystems.first(where: { $0.devices.contains(part.name) }) {
                return "is part of a \(system.kind) file system in use"
            }
        }
        return nil
    }

    private func nodes(of device: BlockDevice) -> [String] {
        ["/dev/\(device.name)"] + (device.mapperName.map { ["/dev/mapper/\($0)"] } ?? [])
    }
}
