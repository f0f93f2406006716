import Host
import Model
import Testing

@testable import Drivers

@Suite("What the kernel passes to a guest")
struct HostPassageTests {
    private let tree = MemoryTree()

    private func pci(
        _ address: String, _ id: String, _ classCode: String, group: Int?, driver: String? = nil,
        below: String = "pci0000:00"
    ) {
        let path = "/sys/devices/\(below)/\(address)"
        tree.link("/sys/bus/pci/devices/\(address)", to: "../../../devices/\(below)/\(address)")
        tree.file("\(path)/uevent", "PCI_CLASS=\(classCode)\nPCI_ID=\(id.uppercased())\n")
        tree.file("\(path)/reset_method", "flr")
        if let group { tree.link("\(path)/iommu_group", to: "../../../kernel/iommu_groups/\(group)") }
        if let driver { tree.link("\(path)/driver", to: "../../../bus/pci/drivers/\(driver)") }
    }

    /// A card with a display and a sound function, two cards in one group, a card with a port of its own.
    private func cards(sound: String?) {
        pci("0000:00:01.0", "8086:1901", "60400", group: 1, driver: "pcieport")
        pci("0000:01:00.0", "10de:1e30", "30000", group: 1, driver: "nouveau")
        pci("0000:01:00.1", "10de:10f7", "40300", group: 1, driver: sound)
        pci("0000:41:00.0", "10de:20b5", "30200", group: 15, driver: "vfio-pci")
        pci("0000:42:00.0", "10de:20b5", "30200", group: 15, driver: "vfio-pci")
        pci("0000:43:00.0", "10de:20b5", "30200", group: 16, driver: "vfio-pci")
    }

    private func look(_ json: String, driver: String = "pci") throws -> (
        names: [String], refusals: [String: String], discovery: Discovery
    ) {
        let options = DriverOptions(root: SysfsRoot(tree), deviceSpecs: try DeviceSpec.list(json: json))
        let made = try DriverRegistry.standard.drivers(named: [driver], options: options).drivers[0]
        let host = HostSnapshot(SysfsRoot(tree))
        let discovery = try made.discover(DiscoveryPass(snapshot: host, host: "h"))
        var devices = [driver: discovery.devices]
        let refusals = HostPassage(host).settle(&devices)
        return (
            (devices[driver] ?? []).flatMap(\.deployables).map(\.name).sorted(),
            Dictionary(refusals.map { ($0.address.description, $0.reason) }) { first, _ in first }, discovery
        )
    }

    @Test("members of a group that are offered one by one are refused, with the remedy")
    func oneByOne() throws {
        cards(sound: "snd_hda_intel")
        let (names, refusals, _) = try look(#"{"vendor_id":"10de"}"#)
        #expect(names == ["h_0000:43:00.0"])
        #expect(
            refusals["0000:42:00.0"]
                == "it shares IOMMU group 15 with 0000:41:00.0, and the kernel passes a group to one guest as a whole; give the "
                + "device_spec entries of all its members the same 'group' to offer them as one unit")
        #expect(Set(refusals.keys) == ["0000:01:00.0", "0000:01:00.1", "0000:41:00.0", "0000:42:00.0"])
    }

    /// The others' drivers decide: what nobody uses stays with the group unseen.
    @Test("a member whose companions nobody uses is passed alone", arguments: [nil, "vfio-pci", "pci-stub"])
    func companionsAtRest(sound: String?) throws {
        cards(sound: sound)
        #expect(try look(#"{"product_id":"1e30"}"#).names == ["h_0000:01:00.0"])
    }

    @Test("and one whose companion the host runs is not, whichever driver offers it", arguments: ["pci", "nvidia"])
    func companionsInUse(driver: String) throws {
        cards(sound: "snd_hda_intel")
        let (names, refusals, _) = try look(#"{"product_id":"1e30"}"#, driver: driver)
        #expect(names.contains("h_0000:01:00.0") == false)
        #expect(
            refusals["0000:01:00.0"]?.hasPrefix(
                "it shares IOMMU group 1 with 0000:01:00.1, which the host runs by 'snd_hda_intel'") == true)
    }

    @Test("bound together they are one unit")
    func together() throws {
        cards(sound: "snd_hda_intel")
        let (names, refusals, _) = try look(
            #"""
            [{"address":"0000:01:00.*","group":"card"},{"vendor_id":"10de","product_id":"20b5","address":"0000:41:00.0","group":"pair"},
             {"address":"0000:42:00.0","group":"pair"}]
            """#)
        #expect(names == ["h_PCI_GROUP_card", "h_PCI_GROUP_pair"] && refusals.isEmpty)
        // A group of the configuration that has a part of a group of the kernel's.
        let torn = try look(
            #"[{"address":"0000:41:00.0","group":"g"},{"address":"0000:43:00.0","group":"g"},{"address":"0000:42:00.0"}]"#
        )
        #expect(torn.names.isEmpty && Set(torn.refusals.keys) == ["0000:41:00.0", "0000:42:00.0", "0000:43:00.0"])
    }

    @Test("a virtual function whose physical one is in its group is not passed while the host runs that")
    func noSeparation() throws {
        pci("0000:05:00.0", "8086:1572", "20000", group: 3, driver: "i40e")
        pci("0000:05:02.0", "8086:154c", "20000", group: 3)
        let path = "/sys/devices/pci0000:00/0000:05:02.0"
        tree.link("\(path)/physfn", to: "../0000:05:00.0")
        let (names, refusals, _) = try look(#"{"product_id":"154c"}"#)
        #expect(names.isEmpty && refusals["0000:05:02.0"]?.contains("the host runs by 'i40e'") == true)
    }

    @Test("where there is no IOMMU, that is a condition and nothing is left out")
    func withoutIOMMU() throws {
        pci("0000:41:00.0", "10de:20b5", "30200", group: nil)
        pci("0000:42:00.0", "10de:20b5", "30200", group: nil)
        let found = try look(#"{"vendor_id":"10de"}"#)
        #expect(found.names.count == 2 && found.refusals.isEmpty)
        let conditions = HostPassage(HostSnapshot(SysfsRoot(tree))).conditions(of: found.discovery.devices)
        #expect(conditions.map(\.subject) == ["iommu"] && conditions[0].kind == .isolation)
        #expect(HostPassage(HostSnapshot(SysfsRoot(tree))).conditions(of: []).isEmpty)
        pci("0000:43:00.0", "10de:20b5", "30200", group: 4)
        let some = HostPassage(HostSnapshot(SysfsRoot(tree))).conditions(of: found.discovery.devices)
        #expect(some.map(\.subject) == ["0000:41:00.0", "0000:42:00.0"])
        // A group that is made up for a driver without an IOMMU is none.
        pci("0000:44:00.0", "10de:20b5", "30200", group: 0, driver: "vfio-pci")
        tree.file("/sys/kernel/iommu_groups/0/name", "vfio-noiommu\n")
        #expect(HostSnapshot(SysfsRoot(tree)).functions.last?.iommuGroup == nil)
    }

    @Test("a domain above ffff is refused with the reason, by whatever driver", arguments: ["pci", "intel_qat"])
    func domains(driver: String) throws {
        let above = "pci0000:00/0000:00:0e.0/pci10000:e0"
        pci("10000:e1:00.0", "8086:37c8", "b4000", group: 1, below: above)
        let found = try look(#"{"vendor_id":"8086"}"#, driver: driver)
        #expect(found.names.isEmpty)
        let said = found.discovery.notes.map(\.text) + found.refusals.values
        #expect(said.count == 1 && said[0].contains("its PCI domain 10000 is above ffff"))
    }

    @Test("switches of GPUs' own links are offered by name and not by vendor")
    func switches() throws {
        pci("0000:05:00.0", "10de:22a3", "68000", group: 1, driver: "nvidia-nvswitch")
        pci("0000:18:00.0", "10de:2335", "30200", group: 2, driver: "nvidia")
        #expect(try look(#"{"vendor_id":"10de"}"#).names == ["h_0000:18:00.0"])
        for json in [
            #"[{"vendor_id":"10de","product_id":"22a3","resource_class":"NVSWITCH"},{"product_id":"2335"}]"#,
            #"[{"address":"0000:05:00.0"},{"vendor_id":"10de"}]"#,
            #"[{"address":{"bus":"05","slot":"00"}},{"vendor_id":"10de"}]"#,
        ] {
            #expect(try look(json).names == ["h_0000:05:00.0", "h_0000:18:00.0"], "\(json)")
        }
    }

    @Test("entries that mean nothing here are named, with why")
    func idleEntries() throws {
        cards(sound: nil)
        let idle = try look(
            #"[{"vendor_id":"10de"},{"product_id":"20b5"},{"vendor_id":"dead"}]"#
        ).discovery.idle
        #expect(idle.map(\.path) == ["pci.device_spec 2", "pci.device_spec 3"])
        #expect(idle[0].text.hasSuffix("earlier entries have all of its functions"))
        #expect(idle[1].text.hasSuffix("there is no such function"))
    }
}
