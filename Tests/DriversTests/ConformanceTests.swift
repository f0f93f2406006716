import Host
import Model
import Testing

@testable import Drivers

/// What holds for every driver of the table, on every recorded host. A new driver is in it by its row.
@Suite struct ConformanceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let driver: String
        let host: String
        var testDescription: String { "\(driver) on \(host)" }
    }

    static let cases =
        DriverRegistry.standard.entries.filter { $0.support.level != .removed }.flatMap { entry in
            ["two-socket", "vgpu", "vgpu-shared", "vendors"].map { Case(driver: entry.name, host: $0) }
        } + [Case(driver: "example", host: "two-socket"), Case(driver: "example", host: "vendors")]

    private func make(_ name: String, _ recorded: RecordedHost) throws -> any Driver {
        let enabled = try DriverRegistry.standard.drivers(named: [name], options: ConformanceOptions.broad(recorded))
        return try #require(enabled.drivers.first)
    }

    private func pass(_ root: SysfsRoot) -> DiscoveryPass {
        DiscoveryPass(snapshot: HostSnapshot(root), host: "h.example")
    }

    @Test(arguments: cases)
    func reportsAreSound(one: Case) throws {
        let recorded = try fixture(one.host)
        let driver = try make(one.driver, recorded)
        let entry = DriverRegistry.standard.entry(named: one.driver)
        #expect(
            driver.name == one.driver
                && (one.driver == "fake" || entry == nil || driver.capabilities == entry?.capabilities))
        let pass = pass(recorded.root)
        let discovery = try driver.discover(pass)
        #expect(try driver.discover(pass) == discovery, "the same host gives the same report")
        let deployables = discovery.devices.flatMap(\.deployables)
        #expect(Set(discovery.devices.map(\.controlPath)).count == discovery.devices.count)
        #expect(Set(deployables.map(\.name)).count == deployables.count)
        #expect(Set(deployables.map(\.resourceProvider)).count == deployables.count)
        for device in discovery.devices {
            #expect(device.driver == one.driver && !device.vendor.isEmpty && !device.model.isEmpty)
            #expect(!device.deployables.isEmpty)
        }
        for deployable in deployables {
            #expect(deployable.resourceProvider == ProviderNames.identifier(ofProvider: deployable.name))
            #expect(
                deployable.name.hasPrefix("h.example") || deployable.name.hasPrefix("h_example"), "\(deployable.name)")
            #expect(ResourceClass(deployable.resourceClass) != nil, "\(deployable.resourceClass)")
            for trait in deployable.traits { #expect(Trait(trait) != nil, "\(trait)") }
            #expect(Set(deployable.traits).count == deployable.traits.count)
            // Only what shares its parent may have no room.
            #expect(deployable.accelerators >= (deployable.handles.first?.type == .mdev ? 0 : 1))
            #expect(!deployable.handles.isEmpty)
            #expect(Set(deployable.handles.map(\.info)).count == deployable.handles.count)
            for handle in deployable.handles {
                #expect(
                    handle.type == .testPCI || HandleOrder(for: handle).address != nil || handle.info["parent"] != nil)
                #expect(!handle.needsPreparation || driver.capabilities.prepares)
                #expect(!handle.needsCleaning || driver.capabilities.cleans)
                if handle.type != .testPCI, let address = HandleOrder(for: handle).address {
                    #expect(!pass.fencing.isFenced(address), "\(address)")
                    #expect(pass.snapshot.function(at: address)?.classCode.isBridge == false)
                }
            }
        }
        for note in discovery.notes { #expect(!note.text.isEmpty && note.path.hasPrefix("/")) }
    }

    @Test(arguments: cases)
    func anEmptyHostIsNoFault(one: Case) throws {
        let driver = try make(one.driver, try fixture(one.host))
        let devices = try driver.discover(pass(SysfsRoot(MemoryTree()))).devices
        #expect(one.driver == "fake" || devices.isEmpty)
    }

    /// Everything an order asks, done twice over, and in the order a crash may bring about; the host is then as before.
    @Test(arguments: cases)
    func ordersMayBeRepeated(one: Case) async throws {
        let recorded = try fixture(one.host)
        let driver = try make(one.driver, recorded)
        let before = try driver.discover(pass(recorded.root))
        let handles = before.devices.flatMap { device in
            device.deployables.flatMap { $0.handles.prefix(2).map { (device.controlPath, $0) } }
        }
        for (path, handle) in handles.prefix(4) {
            let order = HandleOrder(
                handle: IDSource.random.next(), type: handle.type, info: handle.info, controlPath: path)
            // A withdrawal may come when nothing was prepared.
            try await driver.withdraw(order)
            for _ in 0..<2 { try await driver.prepare(order) }
            for _ in 0..<2 { try await driver.withdraw(order) }
            if handle.needsCleaning {
                for _ in 0..<2 {
                    let outcome = await Result { () async throws in try await driver.clean(order) }
                    switch outcome {
                    case .success(let record):
                        #expect(!record.methods.isEmpty && record.ended >= record.begun && !record.device.isEmpty)
                    case .failure(let fault):
                        // What cannot be cleaned must say so; it may not be silent.
                        let text = try #require((fault as? DriverFault)?.text)
                        #expect(text.hasSuffix(".") && text.count > 20, "\(text)")
                    }
                }
            }
            _ = try await driver.examine(order)
        }
        #expect(try driver.discover(pass(recorded.root)).devices == before.devices)
    }

    @Test(arguments: cases)
    func ordersForWhatIsNotThere(one: Case) async throws {
        let recorded = try fixture(one.host)
        let driver = try make(one.driver, recorded)
        let before = HostSnapshot(recorded.root)
        for info in [
            [:], ["domain": "0000", "bus": "ff", "device": "1f", "function": "7", "asked_type": "none-1"],
            ["domain": "zz", "bus": "", "device": "-1", "function": "9"],
            ["domain": "0000", "bus": "00", "device": "03", "function": "0"],
        ] {
            for type in [AttachHandleType.pci, .mdev] where one.driver != "fake" {
                let order = HandleOrder(handle: IDSource.random.next(), type: type, info: info, controlPath: "{")
                await #expect(throws: DriverFault.self) { try await driver.clean(order) }
                _ = await Result { () async throws in try await driver.prepare(order) }
                _ = await Result { () async throws in try await driver.withdraw(order) }
                _ = await Result { () async throws in try await driver.examine(order) }
            }
        }
        #expect(HostSnapshot(recorded.root) == before, "the host is as it was")
    }

    /// A damaged host: no crash, no hang, and every device whose function was left alone is reported as before.
    @Test(arguments: cases)
    func damageCostsOnlyTheDamaged(one: Case) throws {
        let seed = UInt64.random(in: .min ... .max)
        var numbers = SplitMix64(seed: seed)
        for _ in 0..<4 {
            let recorded = try fixture(one.host)
            let driver = try make(one.driver, recorded)
            let whole = try driver.discover(pass(recorded.root))
            let snapshot = HostSnapshot(recorded.root)
            let paths = recorded.tree.paths.filter { $0.hasPrefix("/sys/devices/pci") }
            var hurt: Set<String> = []
            for _ in 0..<Int.random(in: 1...30, using: &numbers) {
                guard let path = paths.randomElement(using: &numbers) else { break }
                hurt.insert(path)
                switch Int.random(in: 0..<4, using: &numbers) {
                case 0: recorded.tree.remove(path)
                case 1: recorded.tree.file(path, "")
                case 2: recorded.tree.file(path, "\u{0}garbage 9999999999999999999999")
                default: recorded.tree.put(.unreadable, at: path)
                }
            }
            let after = try driver.discover(pass(recorded.root))
            // What hangs together is judged together: a function, its physical one, its disks, its group.
            let hurtBuses = Set(hurt.compactMap { DevicePath.function(of: $0)?.bus })
            for device in whole.devices {
                guard let order = device.deployables.first?.handles.first.map(HandleOrder.init(for:)),
                    order.type != .testPCI, let address = order.address, !hurtBuses.contains(address.bus),
                    snapshot.function(at: address) != nil
                else { continue }
                #expect(after.devices.contains(device), "seed \(seed), \(address)")
            }
        }
    }
}

extension HandleOrder {
    init(for handle: AttachHandleReport) {
        self.init(handle: IDSource.random.next(), attachment: handle.attachment, controlPath: "")
    }

    init(handle: AttachHandleID, type: AttachHandleType, info: [String: String], controlPath: String) {
        self.init(handle: handle, attachment: Attachment(type, info), controlPath: controlPath)
    }

    var type: AttachHandleType { attachment.type }

    var info: [String: String] {
        get { attachment.info }
        set { attachment = Attachment(type, newValue) }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

/// The worked example of `docs/drivers/external.md`.
func exampleDriver(file: String = #filePath) -> String {
    "/" + file.split(separator: "/").dropLast(3).joined(separator: "/") + "/Fixtures/drivers/example_driver.py"
}

/// Options under which every driver offers what it can on the recorded hosts.
enum ConformanceOptions {
    static func broad(_ recorded: RecordedHost) throws -> DriverOptions {
        let everything = try DeviceSpec.list(json: "{}")
        var types: [PCIAddress: [String]] = [:]
        for (text, type) in [("0000:82:00.0", "nvidia-475"), ("0000:c1:00.4", "558"), ("0000:c1:00.5", "575")] {
            if let address = PCIAddress(text) { types[address, default: []].append(type) }
        }
        return DriverOptions(
            root: recorded.root, deviceSpecs: everything,
            nvme: NVMeOptions(deviceSpecs: everything, samples: 64), mdev: MdevOptions(specs: [MdevSpec()]),
            nvidia: NvidiaOptions(types: types), nic: NICOptions(networks: ["eth2": "physnet1"]),
            external: [try ExternalSpec(name: "example", program: exampleDriver())], commands: recorded.commands)
    }
}
