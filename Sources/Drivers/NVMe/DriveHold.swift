import Host
import Model

/// The block devices of a drive, each claimed exclusively, so that the host does not start using a drive that is being
/// erased.
final class DriveHold {
    private let root: SysfsRoot
    private var claims: [String: DeviceClaim] = [:]

    init(_ root: SysfsRoot) {
        self.root = root
    }

    /// The block devices through which the functions' drive is reached, including partitions.
    static func names(of unit: [PCIAddress], on host: HostSnapshot) -> (disks: [String], all: [String]) {
        // The paths below a multipath device have no node of their own.
        let blocks = host.blocks.filter { block in
            block.functions.contains(where: unit.contains)
                && isNode(block.disk ?? block.name)
        }
        return (blocks.filter { $0.disk == nil }.map(\.name), blocks.map(\.name))
    }

    /// Claims the devices that are not claimed yet.
    func claim(_ names: [String]) async throws(DriverFault) {
        let root = root
        for name in names where claims[name] == nil {
            do {
                claims[name] = try await Blocking.run { () throws(TreeFault) in try root.claim("/dev/\(name)") }
            } catch {
                throw DriverFault(
                    error.reason == .busy
                        ? "The host uses /dev/\(name): it is mounted, swapped to, or part of a volume group, a RAID or another device."
                        : "/dev/\(name) cannot be had alone for its erasure: \(error).")
            }
        }
    }

    /// Releases one device, for a program that claims it itself.
    func release(_ name: String) { claims[name] = nil }

    func releaseAll() { claims = [:] }

    /// Whether `/dev` has a node of that name: `nvme0n1` is one, `nvme0c1n1` is a path to one.
    private static func isNode(_ name: String) -> Bool {
        !name.hasPrefix("nvme") || !name.dropFirst(4).drop { $0.isNumber }.hasPrefix("c")
    }
}
