/// A NUMA node of the host.
public struct NUMANode: Sendable, Equatable {
    public let number: Int
    /// The kernel's list form: `0-3,8-11`.
    package var processors: String?
    /// KiB.
    public var memory: Int?
    /// The distance to each node, in the order of their numbers; 10 is local.
    package var distances: [Int]
}

struct NUMAEnumeration {
    private(set) var nodes: [NUMANode] = []
    private(set) var problems: [HostProblem] = []

    init(_ root: SysfsRoot) {
        let folder = "/sys/devices/system/node"
        for name in (try? root.names(in: folder)) ?? [] {
            guard name.hasPrefix("node"), let number = Int(name.dropFirst(4)) else { continue }
            do {
                var node = try DeviceFolder(root, "\(folder)/\(name)")
                nodes.append(
                    NUMANode(
                        number: number, processors: node.text("cpulist"), memory: Self.memory(node.text("meminfo")),
                        distances: node.text("distance")?.split(separator: " ").compactMap { Int($0) } ?? []))
                problems += node.problems
            } catch {
                problems.append(HostProblem(path: "\(folder)/\(name)", text: error.description))
            }
        }
        nodes.sort { $0.number < $1.number }
    }

    /// `Node 0 MemTotal: 2001920 kB`
    private static func memory(_ text: String?) -> Int? {
        for line in text?.split(separator: "\n") ?? [] where line.contains("MemTotal:") {
            return line.split(separator: " ").compactMap { Int($0) }.last
        }
        return nil
    }
}
