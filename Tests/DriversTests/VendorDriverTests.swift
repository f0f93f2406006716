import Host
import Model
import Testing

@testable import Drivers

/// What each vendor's driver reports of a composed host, and where the reference's bugs are gone.
@Suite struct VendorDriverTests {
    private let recorded: RecordedHost

    init() throws { recorded = try fixture("vendors") }

    private func options(
        nic: NICOptions = NICOptions(), fpga: FPGAOptions = FPGAOptions(),
        commands: (any CommandRunner)? = nil
    ) -> DriverOptions {
        DriverOptions(root: recorded.root, nic: nic, fpga: fpga, commands: commands ?? recorded.commands)
    }

    private func discover(_ driver: any Driver) throws -> [DeviceReport] {
        try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h")).devices
    }

    @Test func quickAssist() async throws {
        let driver = IntelQATDriver(options())
        let devices = try discover(driver)
        #expect(devices.count == 1 && devices[0].type == .qat && devices[0].model == "37c8")
        #expect(devices[0].deployables.map(\.name) == (0..<4).map { "h_0000:3d:01.\($0)" })
        #expect(devices[0].deployables.allSatisfy { $0.resourceClass == "CUSTOM_QAT" && $0.accelerators == 1 })
        let record = try await driver.clean(HandleOrder(for: devices[0].deployables[2].handles[0]))
        #expect(record.methods == ["reset by flr"])
        // A newer card of another host, with its virtual functions.
        let other = try fixture("two-socket")
        let newer = try driver.discover(DiscoveryPass(snapshot: HostSnapshot(other.root), host: "h")).devices
        #expect(newer.count == 1 && newer[0].deployables.count == 8)
    }

    @Test func quickAssistWithoutVirtualFunctions() throws {
        try recorded.root.write("0", to: "/sys/bus/pci/devices/0000:3d:00.0/sriov_numvfs")
        let devices = try discover(IntelQATDriver(options()))
        #expect(devices.map { $0.deployables.map(\.name) } == [["h_0000:3d:00.0"]])
    }

    @Test func networkCards() throws {
        let nic = NICOptions(
            networks: try NICOptions.mapping(["physnet1:eth2|eth3"], key: "physical_device_mappings"),
            functions: try NICOptions.mapping(["GTPv1:eth3"], key: "function_device_mappings"))
        let devices = try discover(IntelNICDriver(options(nic: nic)))
        #expect(devices.map(\.type) == [.nic, .nic])
        #expect(
            devices[0].deployables.map(\.traits)
                == Array(repeating: ["OWNER_CYBORG", "CUSTOM_VF", "CUSTOM_PHYSNET1"], count: 4))
        #expect(devices[0].deployables[1].handles[0].info["physical_network"] == "physnet1")
        #expect(devices[1].deployables.map(\.name) == ["h_0000:3c:00.0"])
        #expect(devices[1].deployables[0].traits == ["OWNER_CYBORG", "CUSTOM_PF", "CUSTOM_GTPV1", "CUSTOM_PHYSNET1"])
        #expect(devices[1].deployables[0].resourceClass == "CUSTOM_NIC")
        let few = NICOptions(addresses: [try #require(PCIAddress("0000:3b:02.1"))])
        #expect(
            try discover(IntelNICDriver(options(nic: few))).flatMap(\.deployables).map(\.name) == ["h_0000:3b:02.1"])
        #expect(throws: DeviceSpecFault.self) { try NICOptions.mapping(["physnet1"], key: "k") }
        #expect(throws: DeviceSpecFault.self) { try NICOptions.mapping(["a:eth0", "b:eth0"], key: "k") }
    }

    @Test func aRouteOverACardTakesItAwayAndLeavesItsVirtualFunctions() throws {
        recorded.tree.file(
            "/proc/net/route",
            "Iface Destination Gateway Flags RefCnt Use Metric Mask\neth2\t00000000\t0\t0003\t0\t0\t0\t00000000\n")
        let devices = try discover(IntelNICDriver(options()))
        #expect(devices.map { $0.deployables.count } == [4, 1])
        recorded.tree.file(
            "/proc/net/route",
            "Iface Destination Gateway Flags RefCnt Use Metric Mask\neth3\t00000000\t0\t0003\t0\t0\t0\t00000000\n")
        #expect(try discover(IntelNICDriver(options())).map { $0.deployables.count } == [4])
    }

    @Test("W19: traits of FPGAs are valid names, and images are loaded at the right address") func intelsFPGAs()
        async throws
    {
        let played = PlayedCommands { _ throws(CommandFault) in CommandResult() }
        let driver = IntelFPGADriver(
            options(fpga: FPGAOptions(cleanImages: ["intel_fpga": "/srv/blank.gbs"]), commands: played))
        let devices = try discover(driver)
        #expect(devices.map { $0.deployables.map(\.name) } == [["h_0000:5e:00.0"], ["h_0000:5f:00.1"]])
        #expect(
            devices[1].deployables[0].traits == [
                "OWNER_CYBORG", "CUSTOM_FPGA_INTEL", "CUSTOM_FPGA_INTEL_PAC_ARRIA10",
                "CUSTOM_FPGA_FUNCTION_ID_INTEL_D8424DC4A4A3C413F89E433683F9040B",
                "CUSTOM_FPGA_REGION_INTEL_9926AB6D6C925A68AABCA7D84C545738",
            ])
        let order = HandleOrder(for: devices[1].deployables[0].handles[0])
        try await driver.program(order, image: "/srv/a.gbs")
        // Through the physical function, in a form of numbers that the tool knows.
        #expect(played.commands.map(\.text) == ["fpgaconf --bus=0x5f --device=0x00 --function=0x0 /srv/a.gbs"])
        let record = try await driver.clean(order)
        #expect(record.methods == ["loaded /srv/blank.gbs", "reset by flr"])
        #expect(record.device["logic"] == "d8424dc4a4a3c413f89e433683f9040b")
        // Through a virtual function nothing is loaded.
        let plain = try await IntelFPGADriver(options(commands: played)).clean(order)
        #expect(plain.methods == ["reset by flr"])
        guard case .impossible(let why) = plain.verification else { return #expect(Bool(false)) }
        #expect(why.contains("which a tenant of this virtual one does not have"))
    }

    @Test("A card on which a tenant's logic stays is not called clean")
    func withoutAnImageACardIsSetAside() async throws {
        let everything = DriverOptions(
            root: recorded.root, deviceSpecs: try DeviceSpec.list(json: "{}"), commands: recorded.commands)
        for (driver, address) in [
            (IntelFPGADriver(options()), "0000:5e:00.0"), (XilinxFPGADriver(options()), "0000:86:00.1"),
            (InspurFPGADriver(options()), "0000:87:00.0"), (PCIDriver(everything), "0000:86:00.1"),
        ] as [(any Driver, String)] {
            let order = try recorded.order(address)
            let fault = await #expect(throws: DriverFault.self) { try await driver.clean(order) }
            #expect(fault?.text.contains("stays over a reset") == true, "\(fault?.text ?? "")")
            let devices = try discover(driver)
            let device = devices.first { $0.deployables[0].handles[0].info["bus"] == order.info["bus"] }
            #expect(driver.name == "pci" || device?.facts["cleaning"]?.hasPrefix("not possible") == true)
        }
    }

    @Test func anImageThatDoesNotLoadSetsTheCardAside() async throws {
        let played = PlayedCommands { _ throws(CommandFault) in CommandResult(status: 1, "", errors: "bad image") }
        let driver = IntelFPGADriver(
            options(fpga: FPGAOptions(cleanImages: ["intel_fpga": "/srv/blank.gbs"]), commands: played))
        let order = HandleOrder(for: try discover(driver)[0].deployables[0].handles[0])
        let fault = await #expect(throws: DriverFault.self) { try await driver.clean(order) }
        #expect(fault?.text.hasSuffix("failed: bad image") == true)
    }

    @Test func xilinxCardsKeepTheirManagementToTheHost() async throws {
        let played = PlayedCommands { _ throws(CommandFault) in CommandResult() }
        let driver = XilinxFPGADriver(options(commands: played))
        let device = try #require(try discover(driver).first)
        let deployable = device.deployables[0]
        #expect(deployable.name == "h_0000:86:00.0" && deployable.accelerators == 1)
        #expect(deployable.traits == ["OWNER_CYBORG", "CUSTOM_FPGA_XILINX", "CUSTOM_FPGA_PRODUCT_ID_5000"])
        #expect(deployable.handles.map { $0.info["function"] } == ["1"])
        #expect(device.controlPath.contains(#""function": "0""#))
        try await driver.program(HandleOrder(for: deployable.handles[0]), image: "/srv/a.xsabin")
        #expect(played.commands[0].text == "xbmgmt program --device 0000:86:00.0 --base --image /srv/a.xsabin")
    }

    @Test func inspursCardsAndDrives() async throws {
        let card = try #require(try discover(InspurFPGADriver(options())).first)
        #expect(card.deployables[0].traits == ["OWNER_CYBORG", "CUSTOM_FPGA_INSPUR", "CUSTOM_FPGA_PRODUCT_ID_A115"])
        let driver = InspurNVMeDriver(options())
        let drive = try #require(try discover(driver).first)
        #expect(drive.type == .ssd && drive.deployables[0].resourceClass == "CUSTOM_SSD")
        #expect(drive.deployables[0].traits == ["OWNER_CYBORG", "CUSTOM_SSD_INSPUR", "CUSTOM_SSD_PRODUCT_ID_1001"])
        let played = try #require(recorded.drives["INSPUR000001"])
        played.fill { _ in Array("secret".utf8) }
        let record = try await driver.clean(HandleOrder(for: drive.deployables[0].handles[0]))
        #expect(record.methods == ["nvme format, user data erase"])
        #expect(played.block(9) == [UInt8](repeating: 0, count: 4096))
        #expect(try await driver.examine(HandleOrder(for: drive.deployables[0].handles[0])).state == .well)
    }

    @Test func ascend() throws {
        let devices = try discover(HuaweiAscendDriver(options()))
        #expect(devices.map { $0.deployables[0].name } == ["h_0000:89:00.0", "h_0000:8a:00.0"])
        #expect(devices.allSatisfy { $0.type == .aichip && $0.deployables[0].resourceClass == "CUSTOM_AICHIP" })
    }
}
