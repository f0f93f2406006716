import Host
import Testing

@Suite struct HostWatchTests {
    private func recorded() throws -> RecordedHost {
        let recorded = try fixture("two-socket")
        recorded.tree.file("/sys/kernel/uevent_seqnum", "4711\n")
        return recorded
    }

    @Test func whatChangedIsReadAnew() throws {
        let host = try recorded()
        var watch = HostWatch(host.root)
        #expect(!watch.look().isSame)
        #expect(watch.look().isSame)
        // Without an event nothing is read, and with one it is.
        host.tree.remove("/sys/bus/pci/devices/0000:83:00.0")
        #expect(watch.look().isSame)
        host.tree.file("/sys/kernel/uevent_seqnum", "4712\n")
        let (snapshot, isSame) = watch.look()
        #expect(!isSame && snapshot.functions.count == 45)
        // An event that changed nothing.
        host.tree.file("/sys/kernel/uevent_seqnum", "4713\n")
        #expect(watch.look().isSame)
    }

    @Test(arguments: ["/proc/self/mountinfo", "/proc/swaps", "/proc/net/route", "/proc/net/ipv6_route"])
    func tablesChangeWithoutAnEvent(path: String) throws {
        let host = try recorded()
        let before = HostFingerprint(host.root)
        #expect(before != nil && HostFingerprint(host.root) == before)
        host.tree.file(path, "another\n")
        #expect(HostFingerprint(host.root) != before)
    }

    @Test func aBridgeTakesAnInterface() throws {
        let host = try recorded()
        let before = HostFingerprint(host.root)
        let folder = try host.root.destination(of: "/sys/class/net/enp34s0v1")
        host.tree.link("\(folder)/master", to: "../../../../../virtual/net/br0")
        #expect(HostFingerprint(host.root) != before)
    }

    @Test func aFullPassComesInTime() throws {
        let host = try recorded()
        var watch = HostWatch(host.root, fullPassEvery: 3)
        _ = watch.look()
        host.tree.remove("/sys/bus/pci/devices/0000:83:00.0")
        #expect(watch.look().isSame && watch.look().isSame && !watch.look().isSame)
        watch.forget()
        host.tree.remove("/sys/bus/pci/devices/0000:25:00.0")
        #expect(!watch.look().isSame)
    }

    @Test func withoutACountEveryPassIsFull() throws {
        let host = try fixture("two-socket")
        #expect(HostFingerprint(host.root) == nil)
        var watch = HostWatch(host.root)
        _ = watch.look()
        host.tree.remove("/sys/bus/pci/devices/0000:83:00.0")
        #expect(!watch.look().isSame)
    }
}
