import Model

/// Reads the interfaces below `/sys/class/net` and the kernel's IPv4 and IPv6 routes.
struct NetworkEnumeration {
    private(set) var interfaces: [NetworkInterface] = []
    private(set) var routes: [Route] = []
    private(set) var problems: [HostProblem] = []
    /// Whether the tree contains a folder of interfaces.
    let isShown: Bool
    /// Interfaces whose network namespace differs from that of every routing table that was read.
    private(set) var foreign: Set<String> = []

    init(_ root: SysfsRoot) {
        isShown = root.exists("/sys/class/net")
        for name in (try? root.names(in: "/sys/class/net")) ?? [] {
            let entry = "/sys/class/net/\(name)"
            // `bonding_masters` stands there too, and is a file.
            guard root.kind(of: entry) != .file else { continue }
            let path = (try? root.destination(of: entry)) ?? entry
            do {
                var folder = try DeviceFolder(root, path)
                interfaces.append(
                    NetworkInterface(
                        name: name, address: DevicePath.function(of: path), hardwareAddress: folder.text("address"),
                        state: folder.text("operstate"), master: folder.linkName("master"),
                        isBridge: folder.has("bridge"), isBond: folder.has("bonding"),
                        lower: folder.names.filter { $0.hasPrefix("lower_") }.map { String($0.dropFirst(6)) }.sorted(),
                        upper: folder.names.filter { $0.hasPrefix("upper_") }.map { String($0.dropFirst(6)) }.sorted()))
                problems += folder.problems
            } catch {
                problems.append(HostProblem(path: entry, text: error.description))
            }
        }
        // The first process may have other routes than an agent in a container.
        for process in ["/proc", "/proc/1"] {
            if process != "/proc", Self.isAlike(root, process) { continue }
            readIPv4(root, "\(process)/net/route")
            readIPv6(root, "\(process)/net/ipv6_route")
        }
        foreign = foreign(root)
    }

    private static func isAlike(_ root: SysfsRoot, _ process: String) -> Bool {
        ["route", "ipv6_route"].allSatisfy { table in
            let other = try? root.bytes("\(process)/net/\(table)", limit: 4 << 20)
            return other == nil || other == (try? root.bytes("/proc/net/\(table)", limit: 4 << 20))
        }
    }

    /// The interfaces of this `/sys` that no table of interfaces in `/proc` contains. Without such a table, a route
    /// over an interface that this `/sys` does not show proves that the two belong to different namespaces.
    private func foreign(_ root: SysfsRoot) -> Set<String> {
        let names = Set(interfaces.map(\.name))
        var listed: Set<String>?
        for file in ["/proc/net/dev", "/proc/1/net/dev"] {
            guard let text = try? root.text(file, limit: 4 << 20) else { continue }
            let found = text.split(separator: "\n").dropFirst(2).compactMap { line in
                line.split(separator: ":", maxSplits: 1).first?.filter { $0 != " " }
            }
            listed = (listed ?? []).union(found)
        }
        // What came, went or changed its name between two readings is nobody's namespace.
        if let listed { return names.subtracting(listed).filter { root.exists("/sys/class/net/\($0)") } }
        let isApart = routes.contains { route in
            route.interface != "lo" && !names.contains(route.interface)
                && !root.exists("/sys/class/net/\(route.interface)")
        }
        return isApart && isShown ? names : []
    }

    private mutating func readIPv4(_ root: SysfsRoot, _ table: String) {
        guard let text = try? root.text(table, limit: 4 << 20) else { return }
        for line in text.split(separator: "\n").dropFirst() {
            let words = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
            guard words.count >= 8, let destination = UInt32(words[1], radix: 16),
                let mask = UInt32(words[7], radix: 16), let flags = UInt32(words[3], radix: 16)
            else {
                problems.append(HostProblem(path: table, text: "has a line of unknown form"))
                continue
            }
            // Up, and not a refusal.
            guard flags & 0x1 != 0, flags & 0x200 == 0 else { continue }
            routes.append(
                Route(
                    interface: String(words[0]),
                    destination: mask == 0 ? "default" : "\(Self.dotted(destination))/\(mask.nonzeroBitCount)"))
        }
    }

    private mutating func readIPv6(_ root: SysfsRoot, _ table: String) {
        guard let text = try? root.text(table, limit: 4 << 20) else { return }
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 10, words[0].utf8.count == 32, let length = UInt8(words[1], radix: 16),
                let flags = UInt32(words[8], radix: 16)
            else {
                problems.append(HostProblem(path: table, text: "has a line of unknown form"))
                continue
            }
            // Up; neither a refusal, nor local, nor of every interface alike (link-local, multicast).
            let isEveryones = words[0].hasPrefix("fe8") || words[0].hasPrefix("ff")
            guard flags & 0x1 != 0, flags & 0x200 == 0, flags & 0x8000_0000 == 0, !isEveryones, words[9] != "lo"
            else { continue }
            routes.append(
                Route(
                    interface: String(words[9]),
                    destination: length == 0 ? "default" : "\(Self.colons(words[0]))/\(length)"))
        }
    }

    /// The table contains the address in the machine's byte order, which is little-endian on all supported machines.
    private static func dotted(_ address: UInt32) -> String {
        (0..<4).map { String((address >> (8 * $0)) & 0xff) }.joined(separator: ".")
    }

    private static func colons(_ digits: Substring) -> String {
        var groups: [String] = []
        var rest = digits
        while !rest.isEmpty {
            groups.append(String(UInt16(rest.prefix(4), radix: 16) ?? 0, radix: 16))
            rest = rest.dropFirst(4)
        }
        while groups.last == "0", groups.count > 1 { groups.removeLast() }
        return groups.count == 8 ? groups.joined(separator: ":") : groups.joined(separator: ":") + "::"
    }
}
