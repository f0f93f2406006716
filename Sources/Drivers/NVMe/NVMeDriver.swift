import Host
public import Model

/// Offers whole NVMe drives, erased and checked between two tenants.
///
/// A guest gets the drive's PCI function. Drives with virtual functions are left out; the functions are offered where the operator
/// says that each has namespaces of its own, which is checked at each bind.
public struct NVMeDriver: Driver {
    public static let name = "nvme"
    public static let capabilities = DriverCapabilities(
        prepares: true, cleans: true, partitions: true, isStateful: true, examines: true)

    private let options: DriverOptions
    private let wait: @Sendable (Duration) async throws -> Void

    /// `wait` is for the pauses between two looks at a drive that is at work.
    public init(
        _ options: DriverOptions,
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.options = options
        self.wait = wait
    }

    public var name: String { Self.name }
    public var capabilities: DriverCapabilities { Self.capabilities }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        var discovery = Discovery()
        let controllers = Dictionary(
            pass.snapshot.nvme.compactMap { drive in drive.address.map { ($0, drive) } },
            uniquingKeysWith: { first, _ in first })
        let specs = options.nvme.deviceSpecs
        for (function, verdict) in Offer(specs, pass, only: \.classCode.isNVMe).verdicts {
            let reason: String
            switch verdict {
            case .unmatched: continue
            case .fenced(let reasons): reason = reasons.map(\.description).joined(separator: "; ")
            case .unsuitable(let text): reason = text
            case .offered(let index):
                let drive = controllers[function.address]
                if function.isVirtualFunction, !options.nvme.offersVirtualFunctions {
                    reason =
                        "it is a virtual function of a drive, which may share namespaces with others; "
                        + "nvme.offer_virtual_functions says that it does not"
                } else if drive?.state == "dead" {
                    reason = "its controller is dead"
                } else {
                    discovery.devices.append(device(function, drive, specs[index], pass.host))
                    continue
                }
            }
            discovery.notes.append(HostProblem(path: function.path, text: "is not offered: \(reason)"))
        }
        return discovery
    }

    /// Of a virtual function, sees to it that what it shows is its own: a namespace that two controllers have is two tenants'.
    public func prepare(_ order: HandleOrder) async throws(DriverFault) {
        let address = try order.requireAddress()
        guard await options.control.snapshot().function(at: address)?.isVirtualFunction == true else { return }
        try await eraser.inspect(address)
    }

    private var eraser: DriveEraser {
        DriveEraser(
            options: options.nvme, root: options.root, control: options.control,
            tool: NVMeTool(commands: options.commands), time: options.time, random: options.random, wait: wait)
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        try await eraser.erase(try order.requireAddress())
    }

    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        let address = try order.requireAddress()
        let host = await options.control.snapshot()
        guard host.function(at: address) != nil else {
            return DeviceHealth(.sick, reason: "it is gone from the bus")
        }
        guard let drive = host.nvme.first(where: { $0.address == address }) else {
            return DeviceHealth(.unknown, reason: "a guest has it")
        }
        guard drive.state ?? "live" == "live" else {
            return DeviceHealth(.sick, reason: "its controller is \(drive.state ?? "")")
        }
        return try await NVMeTool(commands: options.commands).wear(drive.name).health
    }

    private func device(
        _ function: PCIFunction, _ drive: NVMeController?, _ spec: DeviceSpec, _ host: HostName
    ) -> DeviceReport {
        let vendor = function.vendorID.uppercased()
        let product = function.productID.uppercased()
        var traits = ["OWNER_CYBORG", "CUSTOM_NVME_\(vendor)_\(product)"]
        if spec.oneTimeUse { traits.append("HW_PCI_ONE_TIME_USE") }
        for trait in spec.traits where !traits.contains(trait.name) { traits.append(trait.name) }
        var facts = PCIDriver.facts(of: function)
        facts["serial"] = drive?.serial ?? facts["serial"]
        facts["model"] = drive?.model
        facts["firmware"] = drive?.firmware
        facts["size"] = (drive?.namespaces.compactMap(\.size).reduce(0, +)).map { "\($0)" }
        facts["cleaning"] = "\(options.nvme.clearAction.rawValue), \(options.nvme.clearStrategy.rawValue)"
        var report = PCIReport(
            type: .nvme, driver: Self.name, resourceClass: spec.resourceClass?.name ?? "CUSTOM_NVME", traits: traits,
            facts: facts, handle: PCIDriver.handle(function, spec), needsCleaning: true
        ).device(function, on: host)
        if function.isVirtualFunction { report.deployables[0].handles[0].needsPreparation = true }
        return report
    }
}
