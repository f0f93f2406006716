import Model

/// Reads the interfaces below `/sys/class/net` and the kernel's IPv4 and IPv6 routes.
struct NetworkEnumeration {
    private(set) var interfaces: [NetworkInterface] = []
    private(set) var routes: [Route] = []
    private(set) var problems: [HostProblem] = []

    init(_ root: SysfsRoot) {
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
        readIPv4(root)
        readIPv6(root)
    }

    private mutating func readIPv4(_ root: SysfsRoot) {
        guard let text = try? root.text("/proc/net/route", limit: 4 << 20) else { return }
        for line in text.split(separator: "\n").dropFirst() {
            let words = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
            guard words.count >= 8, let destination = UInt32(words[1], radix: 16),
                let mask = UInt32(words[7], radix: 16), let flags = UInt32(words[3], radix: 16)
            else {
                problems.append(HostProblem(path: "/proc/net/route", text: "has a line of unknown form"))
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

    private mutating func readIPv6(_ root: SysfsRoot) {
        guard let text = try? root.text("/proc/net/ipv6_route", limit: 4 << 20) else { return }
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 10, words[0].utf8.count == 32, let length = UInt8(words[1], radix: 16),
                let flags = UInt32(words[8], radix: 16)
            else {
                problems.append(HostProblem(path: "/proc/net/ipv6_route", text: "has a line of unknown form"))
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

    /// The table holds the address in the machine's own byte order, which is little-endian wherever this runs.
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
