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
        for (action, layer) in Self.methods { await search(action, layer) }
        await lyingDrives()
    }

    private func node() -> String? {
        let driver = Self.driver(suite.root, .format, layer: nil)
        guard let serial = suite.discover(driver)?.devices.first?.facts["serial"] else { return nil }
        return suite.snapshot().nvme.first { $0.serial == serial }?.namespaces.first.map { "/dev/\($0.name)" }
    }

    private func shell(_ line: String) async -> CommandResult? {
        try? await suite.commands.run(Command("sh", ["-c", line], timeout: .seconds(300)))
    }

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
                if case .samples(let samples) = record.verification, samples.written == 0, cycle % 3 != 0 {
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
}
