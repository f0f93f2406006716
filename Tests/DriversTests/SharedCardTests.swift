import Host
import Model
import Testing

@testable import Drivers

/// Virtual functions that share what their card holds, of the recorded host `vgpu-shared`.
@Suite struct SharedCardTests {
    private let recorded: RecordedHost
    private static let first = (4...7).map { "0000:61:00.\($0)" } + ["0000:61:01.0", "0000:61:01.1"]

    init() throws { recorded = try fixture("vgpu-shared") }

    private func driver(_ types: [String: String]) throws -> NvidiaDriver {
        var known: [PCIAddress: [String]] = [:]
        for (address, type) in types { known[try #require(PCIAddress(address))] = [type] }
        return NvidiaDriver(
            DriverOptions(root: recorded.root, nvidia: NvidiaOptions(types: known), commands: PlayedCommands()))
    }

    private func all(_ type: String) throws -> NvidiaDriver {
        try driver(Dictionary(uniqueKeysWithValues: Self.first.map { ($0, type) }))
    }

    private func look(_ driver: any Driver, before: [DeviceReport] = []) throws -> Discovery {
        try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h", before: before))
    }

    private func counts(_ discovery: Discovery, bus: String = "61") -> [Int] {
        discovery.devices.filter { ($0.facts["address"] ?? "").contains(":\(bus):") && $0.facts["vgpu_type"] != nil }
            .map { $0.deployables[0].accelerators }
    }

    @Test(arguments: [("nvidia-1150", 1), ("nvidia-1149", 2), ("nvidia-1147", 3), ("nvidia-1140", 6)])
    func aCardIsOfferedForWhatItHolds(type: String, holds: Int) async throws {
        let driver = try all(type)
        let before = try look(driver)
        #expect(counts(before) == (0..<6).map { $0 < holds ? 1 : 0 })
        #expect(before.devices.filter { $0.facts["vgpu_maximum"] != nil }.count == 6)
        // One after another is taken: the sum stays what the card holds, and no device goes.
        var last = before
        var orders: [HandleOrder] = []
        while let next = last.devices.first(where: { device in
            device.deployables[0].accelerators > 0 && device.facts["vgpu_type"] != nil
                && !orders.contains { $0.info == device.deployables[0].handles[0].info }
        }) {
            let order = HandleOrder(for: next.deployables[0].handles[0])
            try await driver.prepare(order)
            orders.append(order)
            last = try look(driver, before: last.devices)
            #expect(counts(last).reduce(0, +) == holds)
            #expect(last.devices.map { $0.deployables[0].traits } == before.devices.map { $0.deployables[0].traits })
            #expect(last.devices.map(\.controlPath) == before.devices.map(\.controlPath))
        }
        #expect(orders.count == holds)
        for order in orders { try await driver.withdraw(order) }
        #expect(try look(driver, before: last.devices).devices == before.devices)
    }

    /// A function further on is used: those before it lose their place, and get it back.
    @Test func aUseElsewhereOnTheCardCounts() async throws {
        let driver = try all("nvidia-1149")
        let before = try look(driver)
        let order = HandleOrder(for: before.devices[4].deployables[0].handles[0])
        try await driver.prepare(order)
        #expect(counts(try look(driver, before: before.devices)) == [1, 0, 0, 0, 1, 0])
        try await driver.withdraw(order)
        #expect(counts(try look(driver)) == [1, 1, 0, 0, 0, 0])
    }

    /// Before an agent knew it: what fits now is offered one at a time, and what does not is known all the same.
    @Test func aCardThatIsInUseAtTheFirstLook() async throws {
        let free = try all("nvidia-1149")
        try await free.prepare(HandleOrder(for: try look(free).devices[0].deployables[0].handles[0]))
        #expect(counts(try look(try all("nvidia-1149"))) == [1, 1, 0, 0, 0, 0])
        let other = try look(try all("nvidia-1150"))
        #expect(other.devices.filter { $0.facts["address"]?.contains(":61:") == true }.count == 6)
        #expect(
            other.devices[0].deployables[0].accelerators == 0
                && other.devices[0].deployables[0].traits[1] == "CUSTOM_NVIDIA_26B9_TYPE_1150")
        #expect(other.notes.contains { $0.text == "has no room for a vGPU of type nvidia-1150 now" })
    }

    /// Names of several words: size, series and slices differ in trait and class.
    @Test func namesOfSeveralWords() async throws {
        let kinds = ["1519", "1540", "1560", "1570"]
        let driver = try driver(
            Dictionary(uniqueKeysWithValues: zip((4...7).map { "0000:62:00.\($0)" }, kinds.map { "nvidia-\($0)" })))
        let before = try look(driver)
        let own = before.devices.filter { $0.facts["vgpu_type"] != nil }.map { $0.deployables[0] }
        #expect(
            own.map { $0.traits[1] }
                == ["DC_3Q", "DC_96Q", "DC_1_24Q", "DC_4_96Q"].map { "CUSTOM_NVIDIA_2BB5_RTX_PRO_6000_BLACKWELL_\($0)" }
        )
        #expect(own.map(\.resourceClass) == ["VGPU", "VGPU", "CUSTOM_NVIDIA_MIG_1_24Q", "CUSTOM_NVIDIA_MIG_4_96Q"])
        #expect(own.map(\.accelerators) == [1, 1, 1, 1])
        // Each fits alone; with the largest nothing else does, and what they are stays known.
        try await driver.prepare(HandleOrder(for: own[1].handles[0]))
        let during = try look(driver, before: before.devices).devices.filter { $0.facts["vgpu_type"] != nil }
            .map { $0.deployables[0] }
        #expect(during.map(\.accelerators) == [0, 1, 0, 0])
        #expect(during.map(\.resourceClass) == own.map(\.resourceClass) && during.map(\.traits) == own.map(\.traits))
    }

    @Test func partsOfAName() throws {
        func parts(_ title: String) throws -> [String] {
            let name = try #require(VGPUTypeName(title))
            return [name.product, name.slices.map(String.init) ?? "-", "\(name.size)", name.series]
        }
        #expect(try parts("GRID A100-4C") == ["A100", "-", "4", "C"])
        #expect(try parts("NVIDIA A100-1-5CME") == ["A100", "1", "5", "CME"])
        #expect(try parts("NVIDIA RTX6000-Ada-48Q") == ["RTX6000-Ada", "-", "48", "Q"])
        #expect(try parts("GRID P40-2B4") == ["P40", "-", "2", "B4"])
        #expect(try parts("NVIDIA RTX Pro 6000 Blackwell DC-1-24Q") == ["RTX Pro 6000 Blackwell DC", "1", "24", "Q"])
        #expect(VGPUTypeName("Something else") == nil && VGPUTypeName("mtty-1") == nil && VGPUTypeName("") == nil)
        let names = ["A100-40C", "A100-4-20C", "A100-3-20C", "A100-2-10C", "A100-1-5C", "A100-7-40C", "M10-0B"]
            .compactMap { VGPUTypeName($0) }
        #expect(names.map { $0.maximum(among: names) } == [1, 1, 2, 3, 7, 1, 80])
    }

    /// Each function holds one device; the description says how many the card does.
    @Test(arguments: [("nvidia-471", 4, 4), ("nvidia-473", 2, 2)])
    func functionsThatAreMdevParents(type: String, holds: Int, open: Int) async throws {
        let driver = MdevDriver(
            DriverOptions(
                root: recorded.root,
                mdev: MdevOptions(specs: [MdevSpec(parent: "0000:A1:00.*", type: type)], persists: false),
                commands: PlayedCommands()))
        let before = try look(driver)
        let deployables = before.devices.map { $0.deployables[0] }
        #expect(deployables.count == 4 && deployables.allSatisfy { $0.handles.count == 1 })
        #expect(deployables.map(\.accelerators) == (0..<4).map { $0 < open ? 1 : 0 })
        try await driver.prepare(HandleOrder(for: deployables[3].handles[0]))
        let during = try look(driver).devices.map { $0.deployables[0].accelerators }
        #expect(during.reduce(0, +) == holds && during[3] == 1)
    }

    @Test func typesOnFunctionsOfOneCardLeaveOneAnotherOut() async throws {
        let driver = MdevDriver(
            DriverOptions(
                root: recorded.root,
                mdev: MdevOptions(specs: [MdevSpec(parent: "pci_0000_a1_00_4"), MdevSpec()], persists: false),
                commands: PlayedCommands()))
        let before = try look(driver).devices.map(\.deployables)
        #expect(before.map { $0.map(\.accelerators) } == [[1, 1], [1, 1], [1, 0], [1, 0]])
        let order = HandleOrder(for: before[1][1].handles[0])
        try await driver.prepare(order)
        #expect(
            try look(driver).devices.map { $0.deployables.map(\.accelerators) } == [[0, 1], [0, 1], [0, 0], [0, 0]])
        try await driver.withdraw(order)
        #expect(try look(driver).devices.map(\.deployables) == before)
    }

    @Test func roomBesideWhatIsClaimed() {
        func part(_ available: Int, made: Int = 0) -> CapacityPool.Part {
            .init(deployable: "d", made: (0..<made).map { "m\($0)" }, available: available, finding: .own)
        }
        let ports = CapacityPool(
            name: "mtty", sharing: .proportional,
            kinds: [
                .init(name: "one", maximum: 24, parts: [part(22)]),
                .init(name: "two", maximum: 12, parts: [part(11, made: 1)]),
            ])
        #expect(ports.room() == ["one": 22, "two": 11])
        #expect(ports.room(pending: ["two": 3]) == ["one": 16, "two": 8])
        #expect(ports.room(pending: ["one": 21, "two": 0]) == ["one": 1, "two": 0])
        #expect(ports.room(pending: ["one": 30]) == ["one": 0, "two": 0])
        let card = CapacityPool(name: "card", sharing: .exclusive, kinds: ports.kinds)
        #expect(card.room(pending: ["two": 1]) == ["one": 0, "two": 10])
        // Nobody says how many a card holds: one more, as long as there is room.
        let unknown = CapacityPool(
            name: "card", sharing: .exclusive,
            kinds: [.init(name: "a", maximum: nil, parts: [part(1), part(1), part(0, made: 1)])])
        #expect(unknown.room() == ["a": 1])
    }

    /// Every spelling of an address, and entries that mean nothing.
    @Test func entriesAndWhatTheyMean() throws {
        func idle(_ json: String) throws -> [String] {
            let value = try #require(SpecValue(json: json))
            guard case .list(let list) = value else { return [] }
            let specs = try list.map { value throws(DeviceSpecFault) in try MdevSpec(value) }
            let driver = MdevDriver(
                DriverOptions(root: recorded.root, mdev: MdevOptions(specs: specs), commands: PlayedCommands()))
            return try look(driver).idle.map(\.description)
        }
        for parent in [
            "0000:A1:00.4", "0000:a1:00.4", "a1:00.4", "A1:0.4", ":a1:00.4", "pci_0000_a1_00_4", " 0000:a1:00.4",
            "*:a1:*.4", "*",
        ] {
            #expect(try idle(#"[{"parent": "\#(parent)", "type": "nvidia-471"}]"#) == [], "\(parent)")
        }
        #expect(try idle(#"[{"parent": {"bus": "a1", "function": "[45]"}}]"#) == [])
        #expect(
            try idle(
                #"[{"type": "nvidia-4740"}, {"parent": "0000:a2:00.4"}, {"parent": "mtty"}, {}, {"type": "nvidia-471"}]"#
            )
                == [
                    "mdev.device_spec 1: matches nothing on this host: no parent that it matches has a type 'nvidia-4740'; there are nvidia-471, nvidia-473",
                    "mdev.device_spec 2: matches nothing on this host: no parent is called '0000:a2:00.4'; there are 0000:a1:00.4, 0000:a1:00.5, 0000:a1:00.6, 0000:a1:00.7",
                    "mdev.device_spec 3: matches nothing on this host: no parent is called 'mtty'; there are 0000:a1:00.4, 0000:a1:00.5, 0000:a1:00.6, 0000:a1:00.7",
                    "mdev.device_spec 5: matches nothing on this host: device_spec 4 comes first and has all that it matches",
                ])
        #expect(throws: DeviceSpecFault.self) { try MdevSpec(.mapping(["parent": .number(1)])) }
        #expect(MdevPartition(parent: "0000:4A:00.4", type: "t", devices: 1).isOf("t", on: "0000:4a:00.4"))
        #expect(MdevPartition(parent: "mtty", type: "t", devices: 1).isOf("t", on: "mtty"))
        let missing = try driver(["0000:63:00.4": "nvidia-1150"])
        #expect(
            try look(missing).idle.map(\.description) == [
                "vgpu_nvidia-1150.device_addresses 0000:63:00.4: matches nothing on this host: there is no PCI function of that address"
            ])
    }
}
