import Host
import Model
import Testing

/// A sysfs that lies, lacks or refuses must cost only the devices that it concerns.
@Suite struct DamageTests {
    private static let gpu = "/sys/devices/pci0000:80/0000:80:01.0/0000:82:00.0"

    private func snapshot(_ damage: (MemoryTree) -> Void) throws -> HostSnapshot {
        let tree = try fixture("two-socket").tree
        damage(tree)
        return HostSnapshot(SysfsRoot(tree))
    }

    private func function(_ host: HostSnapshot, _ address: String) -> PCIFunction? {
        PCIAddress(address).flatMap { host.function(at: $0) }
    }

    @Test func anEmptyTree() {
        let host = HostSnapshot(SysfsRoot(MemoryTree()))
        #expect(host.functions.isEmpty)
        #expect(host.hostName == "localhost")
        #expect(host.problems.map(\.path) == ["/proc/self/mountinfo"])
    }

    @Test func aLinkToNowhere() throws {
        let host = try snapshot { $0.remove(Self.gpu) }
        #expect(function(host, "0000:82:00.0") == nil)
        #expect(host.functions.count == 45)
        #expect(host.problems.contains { $0.path.hasSuffix("0000:82:00.0") && $0.text.contains("leads nowhere") })
    }

    @Test func identityFromSingleFilesWhenTheEventIsGone() throws {
        let whole = try snapshot { _ in }
        let host = try snapshot { $0.remove("\(Self.gpu)/uevent") }
        #expect(host.functions == whole.functions)
    }

    @Test func noIdentityAtAll() throws {
        let host = try snapshot {
            $0.remove("\(Self.gpu)/uevent")
            $0.file("\(Self.gpu)/vendor", "0xzz")
        }
        #expect(function(host, "0000:82:00.0") == nil)
        #expect(host.problems.contains { $0.text.contains("hexadecimal number") })
        #expect(host.problems.contains { $0.text.contains("left out") })
    }

    @Test func garbageInOneAttributeCostsOnlyThat() throws {
        let host = try snapshot {
            $0.file("\(Self.gpu)/numa_node", "banana")
            $0.file("\(Self.gpu)/resource", "one\ntwo\n")
            $0.file("\(Self.gpu)/reset_method", "")
            $0.file("\(Self.gpu)/current_link_width", "255")
            $0.file("\(Self.gpu)/current_link_speed", "Unknown")
            $0.link("\(Self.gpu)/virtfnX", to: "../nonsense")
            $0.put(.unreadable, at: "\(Self.gpu)/driver_override")
        }
        let gpu = try #require(function(host, "0000:82:00.0"))
        #expect(gpu.numaNode == nil && gpu.bars.isEmpty && gpu.resetMethods.isEmpty && gpu.driverOverride == nil)
        #expect(gpu.link?.width == nil && gpu.link?.speed == nil && gpu.link?.maximumWidth == 1)
        #expect(gpu.sriov?.functions.count == 4)
        // The unreadable file is what an ordinary user sees; it is no problem of the device.
        #expect(host.problems.map(\.path).sorted() == ["numa_node", "resource", "virtfnX"].map { "\(Self.gpu)/\($0)" })
    }

    @Test func aRingOfCapabilitiesEnds() throws {
        let host = try snapshot { tree in
            var space = [UInt8](repeating: 0, count: 512)
            // A capability of no interest whose next one is itself.
            space.replaceSubrange(0x100..<0x104, with: [0x01, 0x00, 0x01, 0x10])
            tree.put(.file(space), at: "\(Self.gpu)/config")
        }
        #expect(function(host, "0000:82:00.0")?.serial == nil)
    }

    @Test func attributesThatAreFoldersAndFoldersThatAreFiles() throws {
        let host = try snapshot {
            $0.remove("\(Self.gpu)/revision")
            $0.folder("\(Self.gpu)/revision")
            $0.remove("/sys/class/nvme/nvme0")
            $0.file("/sys/class/nvme/nvme0", "no folder")
            $0.remove("/sys/class/net")
            $0.file("/sys/class/net", "")
        }
        #expect(function(host, "0000:82:00.0")?.revision == nil)
        #expect(host.nvme.map(\.name) == ["nvme1"])
        #expect(host.interfaces.isEmpty)
    }

    @Test func tablesOfProcWithGarbage() throws {
        let host = try snapshot {
            $0.file("/proc/self/mountinfo", "1 2\nx\n32 26 259:0 / /srv\\040data rw - ext4 /dev/nvme0n1 rw\n")
            $0.file("/proc/net/route", "Iface\nzz\nenp0s3\tx\ty\n")
            $0.file("/proc/net/ipv6_route", "short line\n")
            $0.file("/proc/swaps", "Filename\n\n/dev/nvme1n1 partition 1 2 3\n")
        }
        #expect(host.mounts.map(\.mountPoint) == ["/srv data"])
        #expect(host.routes.isEmpty)
        #expect(host.problems.filter { $0.text.contains("unknown form") }.count == 5)
        let fencing = Fencing(host)
        #expect(
            fencing.reasons.values.flatMap { $0 }.map(\.description).filter { $0.contains("nvme") }.sorted()
                == ["nvme0n1 is mounted at /srv data", "the host swaps to nvme1n1"])
    }

    /// Any damage to any files: the pass ends, and every function whose folder was left alone is as it was.
    @Test func anyDamage() throws {
        let whole = HostSnapshot(try fixture("two-socket").root)
        let seed = UInt64.random(in: .min ... .max)
        var numbers = SplitMix64(seed: seed)
        for round in 0..<25 {
            let tree = try fixture("two-socket").tree
            let paths = tree.paths
            var hurt: Set<String> = []
            for _ in 0..<Int.random(in: 1...60, using: &numbers) {
                guard let path = paths.randomElement(using: &numbers) else { break }
                hurt.insert(path)
                switch Int.random(in: 0..<8, using: &numbers) {
                case 0: tree.remove(path)
                case 1: tree.file(path, "")
                case 2:
                    let length = Int.random(in: 0...300, using: &numbers)
                    tree.put(
                        .file((0..<length).map { _ in UInt8.random(in: 0...255, using: &numbers) }), at: path)
                case 3: tree.put(.unreadable, at: path)
                case 4: tree.link(path, to: "../nowhere")
                case 5: tree.link(path, to: String(path.split(separator: "/").last ?? ""))
                case 6: tree.put(.file(Array(repeating: 57, count: 70_000)), at: path)
                default:
                    tree.remove(path)
                    tree.folder(path)
                }
            }
            let host = HostSnapshot(SysfsRoot(tree))
            for function in whole.functions {
                let isHurt = hurt.contains { path in
                    path.hasPrefix(function.path + "/") || path.hasSuffix("/\(function.address)")
                }
                if !isHurt {
                    #expect(
                        host.function(at: function.address) == function,
                        "seed \(seed), round \(round), \(function.address)")
                }
            }
            _ = Fencing(host)
        }
    }
}
