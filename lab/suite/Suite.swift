import Drivers
import Host
import Model

/// Checks, from those that only look to those that destroy; each leaves the host as it found it.
struct Suite {
    let root: SysfsRoot
    let report: Report
    /// How often each drive is filled and erased by each method.
    let cycles: Int
    /// NUMA nodes that the machine has.
    let nodes: Int
    let host: HostName = "lab"
    let commands = SystemCommands()

    var control: HostControl { HostControl(root) }

    func run() async {
        await look(memory: false)
        await virtualFunctions(of: "10de:20b5", count: 4)
        await virtualFunctions(of: "8086:4940", count: 8)
        await resets()
        await quickAssist()
        await mediatedDevices()
        await nvidia()
        await drives()
        await unplugged()
    }

    func snapshot() -> HostSnapshot { HostSnapshot(root) }

    func functions(_ ids: String) -> [PCIFunction] {
        snapshot().functions.filter { "\($0.vendorID):\($0.productID)" == ids && !$0.isVirtualFunction }
    }

    func discover(_ driver: some Driver) -> Discovery? {
        try? driver.discover(DiscoveryPass(snapshot: snapshot(), host: host))
    }

    func order(_ device: DeviceReport, _ handle: AttachHandleReport) -> HandleOrder {
        HandleOrder(
            handle: IDSource.random.next(), attachment: handle.attachment, controlPath: device.controlPath)
    }

    /// The fault's text, nil when there was none.
    func failing(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return "\(error)"
        }
    }

    func succeeds(_ title: String, _ body: () async throws -> Void) async {
        let fault = await failing(body)
        report.check(title, fault == nil, fault ?? "")
    }

    /// On one processor: waking the other one for each piece of a pipe takes ten times as long as the work, where they are emulated.
    func shell(_ line: String) async -> CommandResult? {
        try? await commands.run(Command("taskset", ["-c", "1", "sh", "-c", line], timeout: .seconds(300)))
    }

    // MARK: Looking

    func look(memory: Bool = false) async {
        let clock = ContinuousClock()
        var host = snapshot()
        let time = clock.measure { host = snapshot() }
        report.note("\(host.functions.count) functions, read in \(time)")
        report.check("nothing of the host is misunderstood", host.problems.isEmpty, "\(host.problems)")
        report.check("\(nodes) NUMA nodes", host.nodes.count == nodes, "\(host.nodes.count)")
        if nodes > 2 {
            let placed = functions("10de:20b5").compactMap(\.numaNode).sorted()
            report.check("a card on each", placed.map { "\($0)" } == (0..<nodes).map { "\($0)" }, "\(placed)")
        }
        if memory {
            let devices = host.functions.filter { $0.classCode.short == 0x0502 }
            report.check("memory on the bus is seen", devices.count == 1, "\(devices.count)")
        }
        report.check("every function has an IOMMU group", host.functions.allSatisfy { $0.iommuGroup != nil })
        let fencing = Fencing(host)
        let kept = fencing.reasons.keys.sorted().map { "\($0): \(fencing.reasons(for: $0)[0])" }
        for line in kept { report.note("fenced \(line)") }
        report.check("disk and network card of the host are fenced", fencing.reasons.count >= 2, "\(kept)")
        for address in fencing.reasons.keys.sorted() {
            let fault = await failing { try await control.reset(address) }
            report.check("\(address) is not reset", fault?.contains("left alone") == true, fault ?? "no fault")
        }
    }

    // MARK: Functions

    private func virtualFunctions(of ids: String, count: Int) async {
        guard let physical = functions(ids).first(where: { ($0.sriov?.total ?? 0) >= count }) else {
            return report.check("\(ids) with virtual functions is there", false)
        }
        await succeeds("\(physical.address) \(ids) goes to pci-pf-stub") {
            try await control.bind(physical.address, to: "pci-pf-stub")
        }
        await succeeds("\(physical.address) shows \(count) virtual functions") {
            try await control.setVirtualFunctions(count, of: physical.address)
            try await control.setVirtualFunctions(count, of: physical.address)
        }
        let shown = snapshot().function(at: physical.address)?.sriov?.functions ?? []
        report.check("their links are read", shown.count == count)
        guard let first = shown.first else { return }
        await succeeds("\(first) goes to vfio-pci") { try await control.bind(first, to: "vfio-pci") }
        let fault = await failing { try await control.setVirtualFunctions(0, of: physical.address) }
        report.check(
            "and keeps the others from being taken away", fault?.contains("\(first)") == true, fault ?? "no fault")
        let before = snapshot().function(at: first)
        report.check("it is bound", before?.driver == "vfio-pci")
        await succeeds("it is reset") { try await control.reset(first) }
        // The kernel's own choice for it is no driver at all.
        await succeeds("it comes back") { try await control.bind(first, to: nil) }
        report.check("nothing drives it", snapshot().function(at: first)?.driver == nil)
        await succeeds("they go away") { try await control.setVirtualFunctions(0, of: physical.address) }
        report.check("and are gone", snapshot().function(at: first) == nil)
        await succeeds("and come back") { try await control.setVirtualFunctions(count, of: physical.address) }
    }

    private func resets() async {
        let specs = (try? DeviceSpec.list(json: #"[{"vendor_id":"10de"},{"vendor_id":"10ee"}]"#)) ?? []
        let driver = PCIDriver(DriverOptions(root: root, deviceSpecs: specs))
        let devices = discover(driver)?.devices ?? []
        report.check("pci offers GPUs, their virtual functions and FPGAs", devices.count >= 6, "\(devices.count)")
        for device in devices {
            guard let handle = device.deployables.first?.handles.first else { continue }
            let name = device.deployables[0].name
            let order = order(device, handle)
            await succeeds("pci cleans \(name), and once more") {
                let record = try await driver.clean(order)
                try await driver.clean(order)
                report.note("\(name): \(record.methods), \(record.verification)")
            }
        }
    }

    private func quickAssist() async {
        let driver = IntelQATDriver(DriverOptions(root: root))
        let deployables = discover(driver)?.devices.flatMap { device in device.deployables.map { (device, $0) } } ?? []
        report.check("intel_qat offers eight functions", deployables.count == 8, "\(deployables.count)")
        for (device, deployable) in deployables.prefix(3) {
            let order = order(device, deployable.handles[0])
            await succeeds("intel_qat: \(deployable.name) to a guest's driver, back, and cleaned") {
                guard
                    let address = snapshot().functions.first(where: { deployable.name.hasSuffix("\($0.address)") })?
                        .address
                else { throw DriverFault("no such function") }
                try await control.bind(address, to: "vfio-pci")
                try await driver.clean(order)
                try await control.bind(address, to: nil)
            }
        }
    }

    // MARK: Mediated devices

    private func mediatedDevices() async {
        let driver = MdevDriver(DriverOptions(root: root, mdev: MdevOptions(specs: [MdevSpec()])))
        let before = discover(driver)
        let pairs = before?.devices.flatMap { device in device.deployables.map { (device, $0) } } ?? []
        report.check("mdev offers the types of its parents", pairs.count >= 2, "\(before?.notes ?? [])")
        for (device, deployable) in pairs {
            let first = order(device, deployable.handles[0])
            await succeeds("mdev: \(deployable.name) is made twice over, removed twice over, cleaned") {
                for _ in 0..<2 { try await driver.prepare(first) }
                guard snapshot().mdevs.contains(where: { $0.name == first.handle.description }) else {
                    throw DriverFault("it was not made")
                }
                for _ in 0..<2 { try await driver.withdraw(first) }
                try await driver.clean(first)
                guard !snapshot().mdevs.contains(where: { $0.name == first.handle.description }) else {
                    throw DriverFault("it is still there")
                }
            }
        }
        // As many as are said to fit do fit, and not one more.
        if let (device, deployable) = pairs.first(where: { $0.1.name.contains("mtty-2") }) ?? pairs.last {
            var made: [HandleOrder] = []
            var fault: String?
            for _ in 0..<(deployable.accelerators + 1) {
                let order = order(device, deployable.handles[0])
                fault = await failing { try await driver.prepare(order) }
                if fault != nil { break }
                made.append(order)
            }
            report.check(
                "mdev: \(deployable.name) holds as many as reported", made.count == deployable.accelerators,
                "\(made.count) of \(deployable.accelerators): \(fault ?? "")")
            for order in made { _ = await failing { try await driver.withdraw(order) } }
        }
        report.check("mdev: the host is as before", discover(driver) == before)
    }

    private func nvidia() async {
        var types: [PCIAddress: [String]] = [:]
        let host = snapshot()
        for parent in host.mdevParents {
            // Other makers' parents are the mdev driver's.
            guard let address = parent.address, host.function(at: address)?.vendor == 0x10de else { continue }
            types[address] = parent.types.prefix(1).map(\.name)
        }
        let driver = NvidiaDriver(DriverOptions(root: root, nvidia: NvidiaOptions(types: types)))
        let devices = discover(driver)?.devices ?? []
        report.note("nvidia: \(devices.map { "\($0.deployables[0].name) \($0.deployables[0].resourceClass)" })")
        report.check("nvidia offers cards", !devices.isEmpty, "\(discover(driver)?.notes ?? [])")
        report.check(
            "nvidia: what it offers is NVIDIA's", devices.allSatisfy { $0.vendor == "10de" }, "\(devices.map(\.vendor))"
        )
        for device in devices {
            let deployable = device.deployables[0]
            let order = order(device, deployable.handles[0])
            await succeeds("nvidia: \(deployable.name) \(deployable.resourceClass) lives through") {
                try await driver.prepare(order)
                try await driver.withdraw(order)
                try await driver.clean(order)
            }
        }
    }

    // MARK: Drives

    private func drives() async {
        let specs = (try? DeviceSpec.list(json: "{}")) ?? []
        for action in [NVMeOptions.ClearAction.auto, .format, .zero] {
            let driver = NVMeDriver(
                DriverOptions(root: root, nvme: NVMeOptions(deviceSpecs: specs, clearAction: action)))
            let devices = discover(driver)?.devices ?? []
            report.check(
                "nvme offers a drive (\(action.rawValue))", !devices.isEmpty, "\(discover(driver)?.notes ?? [])")
            for device in devices {
                guard let serial = device.facts["serial"] else { continue }
                let order = order(device, device.deployables[0].handles[0])
                for cycle in 1...cycles { await erase(driver, order, serial, "\(action.rawValue), cycle \(cycle)") }
                await succeeds("nvme \(serial): from a guest's driver (\(action.rawValue))") {
                    guard let address = snapshot().nvme.first(where: { $0.serial == serial })?.address else {
                        throw DriverFault("no such drive")
                    }
                    try await control.bind(address, to: "vfio-pci")
                    try await driver.clean(order)
                    guard snapshot().function(at: address)?.driver == "vfio-pci" else {
                        throw DriverFault("it was not bound as before")
                    }
                    try await control.bind(address, to: "nvme")
                }
            }
        }
        let driver = NVMeDriver(
            DriverOptions(root: root, nvme: NVMeOptions(deviceSpecs: specs, clearAction: .sanitize)))
        if let device = discover(driver)?.devices.first {
            let fault = await failing { try await driver.clean(order(device, device.deployables[0].handles[0])) }
            report.check(
                "nvme: sanitize is refused by a drive that has none",
                fault?.contains("cannot be erased as configured") == true,
                fault ?? "no fault")
            let health = try? await driver.examine(order(device, device.deployables[0].handles[0]))
            report.check("nvme: health is read", health?.state == .well, "\(String(describing: health))")
        }
    }

    /// A tenant writes canaries over the whole drive and leaves; the next searches it to its end.
    private func erase(_ driver: NVMeDriver, _ order: HandleOrder, _ serial: String, _ title: String) async {
        func node() -> String? {
            snapshot().nvme.first { $0.serial == serial }?.namespaces.first.map { "/dev/\($0.name)" }
        }
        guard let before = node() else { return report.check("nvme \(serial): \(title): it has a namespace", false) }
        let planted = await shell(
            "yes 'canary of the last tenant' | dd of=\(before) bs=1M oflag=direct iflag=fullblock 2>&1 | tail -1")
        await succeeds("nvme \(serial): \(title): erased and checked") {
            let record = try await driver.clean(order)
            if case .samples(_, let count, _, let written) = record.verification, written == count {
                report.note("\(record.methods), \(count) samples, all of them written before")
            } else {
                throw DriverFault("\(record.verification); \(planted?.text ?? "not planted")")
            }
        }
        let found = await shell("dd if=\(node() ?? before) bs=1M 2>/dev/null | grep -c canary")
        report.check("nvme \(serial): \(title): no canary is found", found?.text == "0\n", found?.text ?? "")
    }

    // MARK: Unplugged

    private func unplugged() async {
        guard let card = functions("10ee:5001").last else { return report.check("an FPGA is there", false) }
        let specs = (try? DeviceSpec.list(json: #"{"vendor_id":"10ee"}"#)) ?? []
        let driver = PCIDriver(DriverOptions(root: root, deviceSpecs: specs))
        let before = discover(driver)
        await succeeds("\(card.address) is unplugged") {
            try await control.write("1", to: "\(card.path)/remove")
        }
        let without = discover(driver)
        report.check("only it is gone", without?.devices.count == (before?.devices.count ?? 0) - 1)
        if let device = before?.devices.first(where: { $0.facts["address"] == "\(card.address)" }) {
            let fault = await failing { try await driver.clean(order(device, device.deployables[0].handles[0])) }
            report.check(
                "cleaning what is gone fails", fault?.contains("There is no PCI function") == true, fault ?? "no fault")
        }
        await succeeds("the bus is looked at again") { try await control.write("1", to: "/sys/bus/pci/rescan") }
        report.check("it is back as it was", discover(driver) == before)
    }
}
