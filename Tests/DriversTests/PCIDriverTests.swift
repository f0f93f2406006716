import Host
import Model
import Testing

@testable import Drivers

@Suite struct PCIDriverTests {
    private let snapshot: HostSnapshot

    init() throws {
        snapshot = HostSnapshot(try fixture("two-socket").root)
    }

    private func discover(
        _ json: String, host: HostName = "two-socket", on tree: MemoryTree = MemoryTree()
    ) throws -> Discovery {
        try PCIDriver(DriverOptions(root: SysfsRoot(tree), deviceSpecs: try DeviceSpec.list(json: json)))
            .discover(DiscoveryPass(snapshot: snapshot, host: host))
    }

    @Test("W22: a function has its own type, its parent and its vendor's trait")
    func aVirtualFunctionOfTheGPU() throws {
        let discovery = try discover(#"{"address":"0000:82:10.2","managed":true,"live_migratable":false}"#, host: "h.x")
        let device = try #require(discovery.devices.first)
        #expect(discovery.devices.count == 1 && discovery.notes.isEmpty)
        #expect(device.type == .pci && device.vendor == "10de" && device.model == "20b5" && device.driver == "pci")
        #expect(device.controlPath == #"{"bus": "82", "device": "10", "domain": "0000", "function": "2"}"#)
        #expect(device.standardBoardInfo == #"{"product_id": "20b5", "controller": "3D controller"}"#)
        #expect(device.facts["numa_node"] == "1" && device.facts["physical_function"] == "0000:82:00.0")
        let deployable = try #require(device.deployables.first)
        #expect(deployable.name == "h.x_0000:82:10.2")
        #expect(deployable.resourceProvider == ProviderNames.identifier(ofProvider: "h.x_0000:82:10.2"))
        #expect(deployable.resourceClass == "CUSTOM_PCI" && deployable.accelerators == 1)
        #expect(
            deployable.traits
                == ["OWNER_CYBORG", "CUSTOM_PCI_NVIDIA", "CUSTOM_PCI_PRODUCT_ID_20B5", "CUSTOM_PCI_10DE_20B5"])
        #expect(deployable.attributes.map(\.key) == ["rc", "trait0", "trait1", "trait2", "trait3"])
        #expect(deployable.attributes.map(\.value) == ["CUSTOM_PCI"] + deployable.traits)
        #expect(
            deployable.handles == [
                AttachHandleReport(
                    type: .pci,
                    info: [
                        "domain": "0000", "bus": "82", "device": "10", "function": "2", "managed": "true",
                        "live_migratable": "false",
                    ], needsCleaning: true)
            ])
    }

    @Test func liveMigrationIsRefusedWhereTheKernelHasNoDriverForIt() throws {
        let tree = MemoryTree()
        tree.file("/proc/sys/kernel/osrelease", "6.12.0-test\n")
        tree.file(
            "/lib/modules/6.12.0-test/modules.alias",
            """
            alias pci:v00008086d00004941sv*sd*bc*sc*i* qat_other
            alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci
            alias vfio_pci:v00008086d00004941sv*sd*bc*sc*i* qat_vfio_pci
            """)
        let specs =
            #"[{"address":"0000:82:10.2","live_migratable":true},{"vendor_id":"8086","product_id":"4941","live_migratable":true}]"#
        let discovery = try discover(specs, on: tree)
        let card = try #require(discovery.devices.first { $0.vendor == "10de" }?.deployables.first)
        #expect(card.handles[0].info["live_migratable"] == "false")
        #expect(!card.traits.contains("HW_PCI_LIVE_MIGRATABLE"))
        #expect(discovery.notes.count == 1)
        #expect(discovery.notes.first?.text.hasPrefix("live_migratable is refused: this kernel has no variant") == true)
        let others = discovery.devices.filter { $0.vendor == "8086" }.flatMap(\.deployables)
        #expect(others.count == 8 && others.allSatisfy { $0.handles[0].info["live_migratable"] == "true" })
        #expect(others.allSatisfy { $0.traits.contains("HW_PCI_LIVE_MIGRATABLE") })
        // Where the kernel's list cannot be read, the operator's word stands.
        let unknown = try discover(specs)
        #expect(unknown.notes.isEmpty)
        #expect(
            unknown.devices.flatMap(\.deployables).allSatisfy { $0.traits.contains("HW_PCI_LIVE_MIGRATABLE") })
    }

    @Test func aParentWithVirtualFunctionsIsNotOfferedBesideThem() throws {
        let discovery = try discover(#"{"vendor_id":"10de","product_id":"20b5"}"#)
        #expect(
            discovery.devices.map { $0.deployables[0].name } == [
                "two-socket_0000:23:00.0", "two-socket_0000:82:10.0", "two-socket_0000:82:10.1",
                "two-socket_0000:82:10.2", "two-socket_0000:82:10.3",
            ])
        #expect(discovery.notes.map(\.path) == ["/sys/devices/pci0000:80/0000:80:01.0/0000:82:00.0"])
    }

    @Test func whatTheHostNeedsIsNeverOffered() throws {
        let discovery = try discover("{}")
        let offered = Set(discovery.devices.map { $0.deployables[0].name.suffix(12) })
        #expect(offered.isDisjoint(with: ["0000:00:02.0", "0000:00:03.0", "0000:21:00.0", "0000:20:00.0"]))
        // Sixteen virtual functions, a GPU, two FPGAs and the odds and ends of the machine.
        #expect(offered.isSuperset(of: ["0000:83:00.0", "0000:25:00.0", "0000:23:00.0", "0000:24:10.7"]))
        #expect(discovery.notes.contains { $0.text == "is not offered: nvme0n1 is mounted at /srv" })
        #expect(Set(discovery.devices.map(\.controlPath)).count == discovery.devices.count)
    }

    @Test func theFirstSpecThatMatchesDecides() throws {
        let discovery = try discover(
            #"""
            [{"address":"0000:24:10.[0-3]"}]
            """#.replacing(
                #""0000:24:10.[0-3]""#,
                with: #"{"bus":"24","slot":"10","function":"[0-3]"},"resource_class":"qat_fast","traits":"blue""#)
        )
        #expect(discovery.devices.count == 4)
        #expect(discovery.devices.allSatisfy { $0.deployables[0].resourceClass == "CUSTOM_QAT_FAST" })
        #expect(discovery.devices.allSatisfy { $0.deployables[0].traits.contains("CUSTOM_BLUE") })
        let both = try discover(
            #"[{"product_id":"4941","resource_class":"A"},{"vendor_id":"8086","resource_class":"B"}]"#)
        let classes = Dictionary(grouping: both.devices) { $0.deployables[0].resourceClass }.mapValues(\.count)
        #expect(classes["CUSTOM_A"] == 8)
        #expect(classes["CUSTOM_B", default: 0] > 0)
    }

    @Test func byTheNameOfAnInterface() throws {
        let discovery = try discover(#"{"devname":"enp34s0","physical_network":"physnet1"}"#)
        #expect(discovery.devices.map { $0.deployables[0].handles[0].info["function"] } == ["0", "2"])
        #expect(discovery.devices.allSatisfy { $0.deployables[0].handles[0].info["physical_network"] == "physnet1" })
    }

    @Test func nothingIsOfferedUnasked() throws {
        #expect(
            try PCIDriver(DriverOptions(root: SysfsRoot(MemoryTree()))).discover(
                DiscoveryPass(snapshot: snapshot, host: "h")) == Discovery())
    }

    @Test func theReportSaysWhatAndWhyNot() throws {
        let specs = try DeviceSpec.list(
            json: #"[{"vendor_id":"10ee","traits":"blue"},{"product_id":"0010"},{"vendor_id":"dead"}]"#)
        let report = DeviceSpecReport.explain(specs, on: snapshot)
        let lines = Dictionary(uniqueKeysWithValues: report.lines.map { ($0.address.description, $0) })
        #expect(lines["0000:83:00.0"]?.isOffered == true)
        #expect(
            lines["0000:83:00.0"]?.text
                == "offered by device_spec 1 as CUSTOM_PCI with OWNER_CYBORG, CUSTOM_PCI_PRODUCT_ID_5001, "
                + "CUSTOM_PCI_10EE_5001, CUSTOM_BLUE")
        #expect(lines["0000:21:00.0"]?.text == "fenced: nvme0n1 is mounted at /srv")
        #expect(
            lines["0000:81:00.0"]?.text
                == "not offered: its 2 virtual functions are enabled; they can be offered, not it")
        #expect(
            lines["0000:23:00.0"]?.text
                == "not matched: device_spec 1: vendor_id is not 10ee; device_spec 2: product_id is not 0010; "
                + "device_spec 3: vendor_id is not dead")
        #expect(lines["0000:20:00.0"] == nil)
        #expect(report.idle == [2])
        #expect(report.text.contains("! device_spec 3 offers nothing on this host\n"))
        #expect(report.text.contains("+ 0000:83:00.0  Processing accelerators 10ee:5001: offered by"))
    }
}
