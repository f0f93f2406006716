import Host
import Model
import Testing

@testable import Drivers

@Suite struct MdevDriverTests {
    private let recorded: RecordedHost
    private let commands = PlayedCommands { command throws(CommandFault) in
        command.program == "mdevctl" ? CommandResult() : nil
    }

    init() throws { recorded = try fixture("vgpu") }

    private func driver(_ specs: [MdevSpec], creator: MdevOptions.Creator = .agent, persists: Bool = true) -> MdevDriver
    {
        MdevDriver(
            DriverOptions(
                root: recorded.root, mdev: MdevOptions(specs: specs, creator: creator, persists: persists),
                commands: commands))
    }

    private func discover(_ driver: MdevDriver) throws -> Discovery {
        try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h"))
    }

    @Test func oneTypeOfAParent() throws {
        let discovery = try discover(driver([MdevSpec(parent: "0000:82:00.0", type: "nvidia-475")]))
        let device = try #require(discovery.devices.first)
        #expect(discovery.devices.count == 1 && device.type == .mdev && device.driver == "mdev")
        let deployable = device.deployables[0]
        #expect(device.deployables.count == 1 && deployable.name == "h_0000:82:00.0")
        #expect(deployable.resourceClass == "CUSTOM_MDEV_NVIDIA_475")
        #expect(deployable.traits == ["OWNER_CYBORG", "CUSTOM_MDEV_TYPE_NVIDIA_475", "CUSTOM_MDEV_10DE_20B5"])
        // Twelve fit alone; another type holds a twenty-fourth part of the card.
        #expect(deployable.handles.count == 12 && deployable.accelerators == 11)
        #expect(
            deployable.handles[3]
                == AttachHandleReport(
                    type: .mdev,
                    info: [
                        "domain": "0000", "bus": "82", "device": "00", "function": "0", "asked_type": "nvidia-475",
                        "vgpu_mark": "nvidia-475_3",
                    ], needsPreparation: true, needsCleaning: true))
    }

    @Test func severalTypesAndAParentWithoutAnAddress() throws {
        let discovery = try discover(driver([MdevSpec()]))
        #expect(
            discovery.devices.map { $0.deployables.map(\.name) } == [
                ["h_0000:23:00.0_nvidia-474", "h_0000:23:00.0_nvidia-475"],
                ["h_0000:82:00.0_nvidia-474", "h_0000:82:00.0_nvidia-475"], ["h_mtty_mtty-1", "h_mtty_mtty-2"],
            ])
        #expect(discovery.devices[2].deployables.map(\.handles.count) == [25, 12])
        #expect(discovery.devices[2].deployables.map(\.accelerators) == [22, 12])
        #expect(discovery.devices[2].deployables[0].handles[0].info["parent"] == "mtty")
        #expect(discovery.devices[2].controlPath == #"{"parent": "mtty"}"#)
        #expect(try discover(driver([])).devices.isEmpty)
    }

    @Test func aSpecsOwnClassAndTraits() throws {
        let spec = MdevSpec(
            parent: "mtty", type: "mtty-2", resourceClass: ResourceClass("VGPU"),
            traits: [try #require(Trait("CUSTOM_A"))],
            liveMigratable: true)
        let deployable = try #require(try discover(driver([spec])).devices.first?.deployables.first)
        #expect(deployable.resourceClass == "VGPU" && deployable.traits.last == "CUSTOM_A")
        #expect(deployable.handles[0].info["live_migratable"] == "true")
    }

    private func order(_ handle: AttachHandleReport) -> HandleOrder {
        HandleOrder(handle: IDSource.random.next(), type: handle.type, info: handle.info, controlPath: "")
    }

    @Test("W24: a mediated device is defined to outlive a reboot, by the host itself") func aWholeLife() async throws {
        let driver = driver([MdevSpec(type: "nvidia-475"), MdevSpec(type: "nvidia-474")])
        let before = try discover(driver)
        let order = order(before.devices[1].deployables[1].handles[0])
        try await driver.prepare(order)
        try await driver.prepare(order)
        let made = HostSnapshot(recorded.root).mdevs.first { $0.name == order.handle.description }
        #expect(made?.type == "nvidia-475" && made?.parent == "0000:82:00.0")
        let during = try discover(driver).devices[1].deployables
        // The same handles as before; of the other type fewer can be given out.
        for (now, then) in zip(during, before.devices[1].deployables) {
            #expect(Array(now.handles.prefix(then.handles.count)) == then.handles)
        }
        #expect(during.map(\.accelerators) == [22, 11])
        try await driver.withdraw(order)
        try await driver.withdraw(order)
        let record = try await driver.clean(order)
        #expect(record.methods == ["mediated device removed"])
        #expect(try discover(driver) == before)
        let said = commands.commands.map(\.arguments.first)
        #expect(said == ["define", "define", "undefine", "undefine", "undefine"])
        #expect(
            commands.commands[0].text
                == "mdevctl define --auto --uuid \(order.handle) --parent 0000:82:00.0 --type nvidia-475")
    }

    /// `mdevctl` refuses an identifier that it knows, also when it knows another type for it.
    @Test func anOldDefinitionIsReplaced() async throws {
        let commands = PlayedCommands { command throws(CommandFault) in
            CommandResult(status: command.arguments.first == "define" ? 1 : 0)
        }
        let driver = MdevDriver(
            DriverOptions(
                root: recorded.root, mdev: MdevOptions(specs: [MdevSpec(parent: "mtty", type: "mtty-2")]),
                commands: commands))
        let handle = try #require(try discover(driver).devices.first?.deployables.first?.handles.first)
        let order = order(handle)
        try await driver.prepare(order)
        let definition = "mdevctl define --auto --uuid \(order.handle) --parent mtty --type mtty-2"
        #expect(
            commands.commands.map(\.text) == [definition, "mdevctl undefine --uuid \(order.handle)", definition])
    }

    /// The compute service makes and removes it; a rest is removed before the next tenant.
    @Test func madeByTheComputeService() async throws {
        let driver = driver([MdevSpec(parent: "mtty", type: "mtty-2")], creator: .nova, persists: false)
        let handle = try #require(try discover(driver).devices.first?.deployables.first?.handles.first)
        #expect(!handle.needsPreparation && handle.needsCleaning)
        let order = order(handle)
        try await driver.prepare(order)
        #expect(HostSnapshot(recorded.root).mdevs.count == 2)
        try await HostControl(recorded.root).createMdev(order.handle.description, type: "mtty-2", on: "mtty")
        try await driver.clean(order)
        #expect(HostSnapshot(recorded.root).mdevs.count == 2)
        #expect(commands.commands.isEmpty)
    }

    @Test func refusals() async throws {
        let driver = driver([MdevSpec()])
        func fault(_ info: [String: String]) async -> String? {
            await #expect(throws: DriverFault.self) {
                try await driver.prepare(
                    HandleOrder(handle: IDSource.random.next(), type: .mdev, info: info, controlPath: ""))
            }?.text
        }
        #expect(
            await fault(["parent": "mtty", "asked_type": "mtty-9"])
                == "mtty offers no type mtty-9; it has mtty-1, mtty-2.")
        #expect(await fault(["parent": "../x", "asked_type": "mtty-2"])?.contains("names no parent") == true)
        #expect(await fault(["parent": "gone", "asked_type": "mtty-2"]) == "gone offers no mediated devices.")
    }

    @Test func capacities() {
        // Through a tree, as the kernel shows them.
        func capacity(_ types: [(String, Int, Int, String?)]) -> MdevCapacity {
            let tree = MemoryTree()
            let home = "/sys/devices/virtual/p/p"
            tree.link("/sys/class/mdev_bus/p", to: "../../devices/virtual/p/p")
            for (name, available, made, text) in types {
                let folder = "\(home)/mdev_supported_types/\(name)"
                tree.file("\(folder)/available_instances", "\(available)")
                if let text { tree.file("\(folder)/description", text) }
                for index in 0..<made { tree.folder("\(folder)/devices/\(name)\(index)") }
            }
            return MdevCapacity(HostSnapshot(SysfsRoot(tree)).mdevParents.first?.types ?? [])
        }
        #expect(capacity([("a", 24, 0, nil), ("b", 12, 0, nil)]).maximum == ["a": 24, "b": 12])
        #expect(capacity([("a", 23, 1, nil), ("b", 11, 0, nil)]).maximum == ["a": 24, "b": 12])
        #expect(capacity([("a", 20, 2, nil), ("b", 10, 1, nil)]).maximum == ["a": 25, "b": 13])
        #expect(capacity([("a", 0, 24, nil), ("b", 0, 0, nil)]).maximum == ["a": 24, "b": 64])
        let stated = capacity([("a", 0, 24, "fb=4, max_instance=24"), ("b", 0, 0, "max_instance=12")])
        #expect(stated.maximum == ["a": 24, "b": 12] && stated.current == ["a": 24, "b": 0])
    }
}
