/// Changes whenever something changes that a snapshot shows. If two fingerprints are equal, the snapshot between them
/// is still valid. It costs a few dozen reads instead of thousands.
///
/// The kernel counts its device events: everything that appears, disappears, binds, unbinds or is divided increases the
/// count. Mounts, swap, routes and the relations of interfaces change without an event, and are read directly. Other
/// changes, such as a controller's state or a number of free types that another program changes, are found by the next
/// full pass.
package struct HostFingerprint: Sendable, Equatable {
    private let events: String
    private let tables: [[UInt8]]
    private let ties: [String]

    /// Nil if the kernel's count cannot be read; then every pass is a full one.
    public init?(_ root: SysfsRoot) {
        guard let events = try? root.text("/sys/kernel/uevent_seqnum"), !events.isEmpty else { return nil }
        self.events = events
        tables = [
            "/proc/self/mountinfo", "/proc/1/mountinfo", "/proc/swaps", "/proc/net/route", "/proc/net/ipv6_route",
            "/proc/1/net/route", "/proc/1/net/ipv6_route", "/sys/class/tty/console/active", "/proc/sys/kernel/hostname",
        ].map { (try? root.bytes($0, limit: 4 << 20)) ?? [] }
        var ties: [String] = []
        for name in (try? root.names(in: "/sys/class/net")) ?? [] {
            let folder = (try? root.destination(of: "/sys/class/net/\(name)")) ?? ""
            let entries = ((try? root.names(in: folder)) ?? []).filter {
                $0 == "master" || $0.hasPrefix("lower_") || $0.hasPrefix("upper_")
            }
            ties.append("\(name) \(entries)")
        }
        for folder in ["/sys/fs/btrfs", "/sys/fs/bcachefs", "/proc/spl/kstat/zfs"] {
            ties += ((try? root.names(in: folder)) ?? []).map { "\(folder)/\($0)" }
        }
        self.ties = ties
    }
}

/// Looks at a host repeatedly, and reads it again only if something changed or the last full pass is long ago.
public struct HostWatch: Sendable {
    private let root: SysfsRoot
    /// Number of passes after which a full pass is made in any case.
    private let stride: Int
    private var last: (fingerprint: HostFingerprint?, snapshot: HostSnapshot)?
    private var reused = 0

    public init(_ root: SysfsRoot, fullPassEvery stride: Int = 10) {
        self.root = root
        self.stride = max(1, stride)
    }

    /// Reads the host if necessary. Returns the snapshot, and whether it is the previous one.
    public mutating func look() -> (snapshot: HostSnapshot, isSame: Bool) {
        // Taken before the snapshot: what changes in between is seen at the next look.
        let fingerprint = HostFingerprint(root)
        if let last, let fingerprint, last.fingerprint == fingerprint, reused + 1 < stride {
            reused += 1
            return (last.snapshot, true)
        }
        let snapshot = HostSnapshot(root)
        let isSame = last?.snapshot == snapshot
        last = (fingerprint, snapshot)
        reused = 0
        return (snapshot, isSame)
    }

    /// Makes the next look a full pass.
    public mutating func forget() { last?.fingerprint = nil }
}
