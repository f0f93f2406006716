import Host
import Model
import Testing

@testable import Drivers

@Suite struct NvidiaDriverTests {
    private func discover(_ name: String, _ types: [String: String] = [:]) throws -> (
        RecordedHost, NvidiaDriver, Discovery
    ) {
        let recorded = try fixture(name)
        var known: [PCIAddress: [String]] = [:]
        for (address, type) in types {
            known[try #require(PCIAddress(address))] = type.split(separator: ",").map(String.init)
        }
        let driver = NvidiaDriver(
            DriverOptions(root: recorded.root, nvidia: NvidiaOptions(types: known), commands: PlayedCommands()))
        let discovery = try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h"))
        return (recorded, driver, discovery)
    }

    @Test("W23: a card is offered whole, and no virtual function of it as one")
    func wholeCardsAndNoVirtualFunctionAsOne() throws {
        let (_, _, discovery) = try discover("two-socket")
        let device = try #require(discovery.devices.first)
        #expect(discovery.devices.count == 1 && device.type == .gpu && device.driver == "nvidia")
        let deployable = device.deployables[0]
        #expect(deployable.name == "h_0000:23:00.0" && deployable.resourceClass == "PGPU")
        #expect(deployable.traits == ["OWNER_CYBORG", "CUSTOM_NVIDIA_20B5"])
        #expect(deployable.handles[0].type == .pci && deployable.handles[0].needsCleaning)
        #expect(discovery.notes.count == 1 && discovery.notes[0].text.contains("4 virtual functions are enabled"))
    }

    @Test func dividedByAnMdevType() throws {
        let (_, _, discovery) = try discover("vgpu", ["0000:82:00.0": "nvidia-475"])
        #expect(discovery.devices.map { $0.deployables[0].resourceClass } == ["PGPU", "VGPU"])
        let deployable = discovery.devices[1].deployables[0]
        #expect(deployable.traits == ["OWNER_CYBORG", "CUSTOM_NVIDIA_20B5_A100_8C"])
        #expect(deployable.handles.count == 12 && deployable.handles[0].type == .mdev)
        let (_, _, wrong) = try discover("vgpu", ["0000:82:00.0": "nvidia-1"])
        #expect(wrong.notes[0].text == "is not offered: it has no type nvidia-1, but nvidia-474, nvidia-475")
    }

    /// Types of one card with classes of their own, and a class of a MIG instance beside a time slice.
    @Test func severalClassesOfOneCard() async throws {
        let recorded = try fixture("vgpu")
        let card = "0000:82:00.0"
        let types = try recorded.root.destination(of: "/sys/bus/pci/devices/\(card)") + "/mdev_supported_types"
        recorded.tree.file("\(types)/nvidia-475/name", "GRID A100-2-10C")
        let address = try #require(PCIAddress(card))
        func driver(_ names: [String]) -> NvidiaDriver {
            NvidiaDriver(
                DriverOptions(
                    root: recorded.root, nvidia: NvidiaOptions(types: [address: names]), commands: PlayedCommands()))
        }
        func look(_ driver: NvidiaDriver) throws -> Discovery {
            try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h"))
        }
        let both = driver(["nvidia-474", "nvidia-475"])
        let device = try #require(try look(both).devices.first { $0.deployables.count == 2 })
        #expect(
            device.deployables.map(\.name) == ["h_\(card)_nvidia-474", "h_\(card)_nvidia-475"]
                && device.deployables.map(\.resourceClass) == ["VGPU", "CUSTOM_NVIDIA_MIG_2_10C"])
        #expect(Set(device.deployables.map(\.resourceProvider)).count == 2)
        // They share the card: what one class takes the other lacks, and gets back.
        let before = device.deployables.map(\.accelerators)
        let handle = try #require(device.deployables[1].handles.last)
        let order = HandleOrder(for: handle)
        try await both.prepare(order)
        let during = try #require(try look(both).devices.first { $0.deployables.count == 2 }).deployables
        #expect(during[0].accelerators < before[0] && during[1].accelerators <= before[1])
        #expect(zip(during, device.deployables).allSatisfy { $0.handles.count >= $1.handles.count })
        try await both.withdraw(order)
        #expect(try look(both).devices.first { $0.deployables.count == 2 } == device)
        // One that the card has not is left out with a note, the other is offered.
        let half = try look(driver(["nvidia-474", "nvidia-9"]))
        #expect(half.notes.contains { $0.text.hasPrefix("is not offered as nvidia-9: it has no type nvidia-9") })
        #expect(half.devices.contains { $0.deployables[0].name == "h_\(card)" })
    }

    @Test func aFunctionOfTheNewerInterfaceTakesOneType() throws {
        let (_, _, discovery) = try discover("vendors", ["0000:c1:00.5": "558,575"])
        #expect(discovery.notes.contains { $0.text == "is not offered: it can have one type of 558, 575; name one" })
    }

    @Test func theVendorsNewerInterface() async throws {
        let types = Dictionary(
            uniqueKeysWithValues: (4...7).map { ("0000:c1:00.\($0)", $0 == 7 ? "575" : "nvidia-558") })
        let (recorded, driver, discovery) = try discover("vendors", types)
        let deployables = discovery.devices.map { $0.deployables[0] }
        #expect(deployables.map(\.resourceClass) == ["VGPU", "VGPU", "VGPU", "CUSTOM_NVIDIA_MIG_2_10C", "PGPU"])
        // The first is in use: it shows no types, and is reported as its like.
        #expect(deployables[0].traits == ["OWNER_CYBORG", "CUSTOM_NVIDIA_20B5_A100_4C"])
        #expect(
            deployables[1].handles[0].needsPreparation && deployables[1].handles[0].info["asked_type"] == "nvidia-558")
        let order = HandleOrder(for: deployables[1].handles[0])
        func current() -> Int? {
            PCIAddress("0000:c1:00.5").flatMap {
                HostSnapshot(recorded.root).function(at: $0)?.vendorPartition?.current
            }
        }
        try await driver.prepare(order)
        try await driver.prepare(order)
        #expect(current() == 558)
        let during = try driver.discover(
            DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h", before: discovery.devices))
        // The others lack what it has, and stay what they are.
        func kept(_ devices: [DeviceReport]) -> [[AttributeReport]] { devices.map { $0.deployables[0].attributes } }
        #expect(kept(during.devices) == kept(discovery.devices))
        #expect(during.devices.prefix(4).map { $0.deployables[0].accelerators } == [1, 1, 0, 0])
        try await driver.withdraw(order)
        #expect(current() == 0)
        try await driver.prepare(order)
        let record = try await driver.clean(order)
        #expect(record.methods == ["reset by flr"] && current() == 0)
        var other = order
        other.info["asked_type"] = "nvidia-77"
        let fault = await #expect(throws: DriverFault.self) { try await driver.prepare(other) }
        #expect(fault?.text == "0000:c1:00.5 has room for no vGPU of type nvidia-77 now.")
    }

    @Test func classesOfTypes() {
        #expect(NvidiaDriver.resourceClass(of: "GRID A100-4C") == "VGPU")
        #expect(NvidiaDriver.resourceClass(of: "NVIDIA A100-2-10C") == "CUSTOM_NVIDIA_MIG_2_10C")
        #expect(NvidiaDriver.resourceClass(of: nil) == "VGPU")
    }

    @Test func theConfigurationsForm() throws {
        let options = try NvidiaOptions(
            enabledTypes: ["nvidia-35", "nvidia-36"],
            addresses: ["nvidia-35": ["0000:84:00.0", "0000:85:00.0"], "nvidia-36": ["0000:86:00.0"]])
        #expect(options.types.count == 3)
        func fault(_ types: [String], _ addresses: [String: [String]]) -> String? {
            #expect(throws: DeviceSpecFault.self) { try NvidiaOptions(enabledTypes: types, addresses: addresses) }?
                .description
        }
        #expect(fault(["a"], [:])?.hasPrefix("vgpu_a: needs 'device_addresses'") == true)
        #expect(
            try NvidiaOptions(
                enabledTypes: ["a", "b"], addresses: ["a": ["0000:84:00.0"], "b": ["0000:84:00.0"]]
            ).types.values.first == ["a", "b"])
        #expect(fault(["a"], ["a": ["84"]])?.contains("is not a PCI address") == true)
        #expect(fault([], ["a": ["0000:84:00.0"]])?.contains("does not name") == true)
    }
}
