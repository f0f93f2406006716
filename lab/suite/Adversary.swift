import Drivers
import Host
import Model

/// Tenants who leave canaries over a whole drive, and the next ones who search it to its end; drives that lie about their erasure.
struct Adversary {
    let suite: Suite
    /// How often each method is tried; every third time the erasure is killed in the middle first.
    let cycles: Int
    /// How often each lying drive is tried.
    let lies: Int

    private static let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    static let methods: [(action: NVMeOptions.ClearAction, layer: String?)] = [
        (.format, nil), (.zero, nil), (.sanitize, "sanitizing"),
    ]

    /// The driver with one method, on drives whose tools lie in `layer` where it has them.
    static func driver(_ root: SysfsRoot, _ action: NVMeOptions.ClearAction, layer: String?) -> NVMeDriver {
        let specs = (try? DeviceSpec.list(json: "{}")) ?? []
        let layers = layer.map { ["/root/layers/\($0)"] } ?? []
        return NVMeDriver(
            DriverOptions(
                root: root, nvme: NVMeOptions(deviceSpecs: specs, clearAction: action),
                commands: SystemCommands(folders: layers + folders)))
    }

    /// Cleans the one drive that is offered; what a killed process was doing.
    static func cleanOnce(_ suite: Suite, _ action: NVMeOptions.ClearAction, layer: String?) async throws
        -> CleaningRecord
    {
        let driver = driver(suite.root, action, layer: layer)
        guard let device = suite.discover(driver)?.devices.first else { throw DriverFault("no drive is offered") }
        return try await driver.clean(suite.order(device, device.deployables[0].handles[0]))
    }

    func run() async {
        for (action, layer) in Self.methods {
            await timed("\(action.rawValue)") { await search(action, layer) }
        }
        await timed("lying drives") { await lyingDrives() }
        await timed("cards") { await cards() }
    }

    private func timed(_ title: String, _ body: () async -> Void) async {
        let clock = ContinuousClock()
        let begun = clock.now
        await body()
        suite.report.note("\(title): \((clock.now - begun).components.seconds) s")
    }

    private func node() -> String? {
        let driver = Self.driver(suite.root, .format, layer: nil)
        guard let serial = suite.discover(driver)?.devices.first?.facts["serial"] else { return nil }
        return suite.snapshot().nvme.first { $0.serial == serial }?.namespaces.first.map { "/dev/\($0.name)" }
    }

    private func shell(_ line: String) async -> CommandResult? { await suite.shell(line) }

    /// A canary of its own in each block of 4 KiB, so that none can hide between samples.
    private func plant(_ canary: String, on node: String) async {
        _ = await shell("yes '\(canary)' | dd of=\(node) bs=1M oflag=direct iflag=fullblock 2>/dev/null")
    }

    private func search(_ action: NVMeOptions.ClearAction, _ layer: String?) async {
        var (found, failed, kills, unwritten) = (0, 0, 0, 0)
        var fault = ""
        for cycle in 1...cycles {
            guard let node = node() else {
                failed += 1
                continue
            }
            await plant("canary \(action.rawValue) \(cycle)", on: node)
            if cycle % 3 == 0 {
                // From the first look at the drive to its last sample.
                let moment = Double(Int.random(in: 20...1500)) / 1000
                let ended = await shell(
                    "timeout -s KILL \(moment) /root/lab-suite --clean-once \(action.rawValue) \(layer ?? "") >/dev/null 2>&1"
                )
                if ended?.status == 137 || ended?.status == -9 { kills += 1 }
            }
            do {
                let record = try await Self.cleanOnce(suite, action, layer: layer)
                if case .samples(_, _, _, written: 0) = record.verification, cycle % 3 != 0 {
                    unwritten += 1
                }
            } catch {
                failed += 1
                fault = "\(error)"
            }
            let search = await shell("dd if=\(self.node() ?? node) bs=1M iflag=direct 2>/dev/null | grep -a -c canary")
            let count = search.flatMap { Int($0.text.filter(\.isNumber)) }
            if count != 0 { found += 1 }
        }
        suite.report.check(
            "\(action.rawValue): no canary in \(cycles) cycles, \(kills) of them killed in the middle",
            found == 0 && failed == 0 && unwritten == 0,
            "\(found) with canaries, \(failed) failed, \(unwritten) proved nothing; \(fault)")
    }

    /// Success reported, nothing erased: found out every time.
    private func lyingDrives() async {
        guard let node = node() else { return suite.report.check("a drive is there", false) }
        for (action, layer) in [(NVMeOptions.ClearAction.format, "lying"), (.zero, "lying"), (.sanitize, "sanitizing")]
        {
            if action == .sanitize { _ = await shell("touch /root/layers/sanitizing/LIES") }
            var caught = 0
            var other = ""
            for lie in 1...lies {
                await plant("canary of lie \(lie)", on: node)
                do {
                    let record = try await Self.cleanOnce(suite, action, layer: layer)
                    other = "believed: \(record.verification)"
                } catch {
                    if "\(error)".contains("still holds data") { caught += 1 } else { other = "\(error)" }
                }
            }
            suite.report.check(
                "\(action.rawValue): a lying drive is caught in \(caught) of \(lies) runs", caught == lies, other)
        }
        _ = await shell("rm -f /root/layers/sanitizing/LIES")
    }

    // MARK: Cards

    /// Cleans one card by its reset, with the pattern that is written before and looked for after.
    static func cleanCard(_ suite: Suite, _ address: PCIAddress) async throws -> CleaningRecord {
        let specs = try DeviceSpec.list(json: #"{"address": "\#(address)", "memory_region": 2}"#)
        let driver = PCIDriver(DriverOptions(root: suite.root, deviceSpecs: specs))
        guard let device = suite.discover(driver)?.devices.first else { throw DriverFault("no card is offered") }
        return try await driver.clean(suite.order(device, device.deployables[0].handles[0]))
    }

    /// Canaries over all memory of a card: an honest one keeps none over its reset, and a leaky one is found out.
    private func cards() async {
        let places = suite.functions("10ee:5001").map(\.address)
        guard places.count == 2 else {
            return suite.report.check("an honest card and a leaky one are there", false, "\(places)")
        }
        await honest(places[1])
        await leaky(places[0])
    }

    /// How many of the places in the card's memory hold the canary; planted first where that is wanted.
    private func canaries(_ canary: String, at address: PCIAddress, plants: Bool = false) async -> Int? {
        let path = "/sys/bus/pci/devices/\(address)"
        let fill = plants ? "/lab/memory fill \(path)/resource2 \(canary); " : ""
        let said = await shell(
            "echo 1 > \(path)/enable; \(fill)/lab/memory count \(path)/resource2 \(canary); echo 0 > \(path)/enable")
        return said.flatMap { $0.text.split(separator: " ").first }.flatMap { Int($0) }
    }

    private func honest(_ address: PCIAddress) async {
        var (found, failed, kills, unplanted) = (0, 0, 0, 0)
        var fault = ""
        for cycle in 1...cycles {
            let canary = "canary-\(cycle)"
            if await canaries(canary, at: address, plants: true) ?? 0 == 0 { unplanted += 1 }
            if cycle % 3 == 0 {
                let moment = Double(Int.random(in: 20...600)) / 1000
                let ended = await shell(
                    "timeout -s KILL \(moment) /root/lab-suite --clean-card \(address) >/dev/null 2>&1")
                if ended?.status == 137 || ended?.status == -9 { kills += 1 }
            }
            do {
                let record = try await Self.cleanCard(suite, address)
                if case .samples = record.verification {} else { failed += 1 }
            } catch {
                failed += 1
                fault = "\(error)"
            }
            if await canaries(canary, at: address) != 0 { found += 1 }
        }
        suite.report.check(
            "reset: no canary in the memory of a card in \(cycles) cycles, \(kills) of them killed in the middle",
            found == 0 && failed == 0 && unplanted == 0,
            "\(found) with canaries, \(failed) failed, \(unplanted) not planted; \(fault)")
    }

    private func leaky(_ address: PCIAddress) async {
        var (caught, leaks) = (0, 0)
        var other = ""
        for lie in 1...lies {
            let canary = "canary-\(lie)"
            _ = await canaries(canary, at: address, plants: true)
            do {
                let record = try await Self.cleanCard(suite, address)
                other = "believed: \(record.verification)"
            } catch {
                if "\(error)".contains("outlives its reset") { caught += 1 } else { other = "\(error)" }
            }
            if await canaries(canary, at: address) ?? 0 > 0 { leaks += 1 }
        }
        suite.report.check(
            "reset: a card whose memory outlives it is caught in \(caught) of \(lies) runs",
            caught == lies && leaks == lies, "\(leaks) did leak; \(other)")
    }
}
