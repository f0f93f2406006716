import Host
public import Model

/// Offers whole NVMe drives, erased and checked between two tenants.
///
/// A guest gets the drive's PCI function, or its namespace or block device where that is configured. Drives with virtual functions are left out; the functions are offered where the operator
/// says that each has namespaces of its own, which is checked at each bind.
public struct NVMeDriver: Driver {
    public static let name = "nvme"
    public static let capabilities = DriverCapabilities(
        prepares: true, cleans: true, partitions: true, isStateful: true, examines: true)

    private let options: DriverOptions
    private let wait: @Sendable (Duration) async throws -> Void

    /// - Parameter wait: pauses between two queries of a drive that is working
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
        var groups = DriveGroups()
        let offer = Offer(specs, pass, only: \.classCode.isNVMe)
        discovery.idle = offer.idle(of: specs, "nvme.device_spec", pass)
        for (function, verdict) in offer.verdicts {
            let reason: String
            switch verdict {
            case .unmatched: continue
            case .fenced(let reasons): reason = reasons.map(\.description).joined(separator: "; ")
            case .unsuitable(let text), .inseparable(let text): reason = text
            case .offered(let index):
                let drive = controllers[function.address]
                if let objection = objection(to: function, drive) {
                    reason = objection
                } else if let group = specs[index].group {
                    groups.add(function, specs[index], to: group)
                    continue
                } else {
                    do throws(DriverFault) {
                        discovery.devices.append(try device([function], drive, specs[index], pass))
                        continue
                    } catch {
                        reason = error.text
                    }
                }
            }
            discovery.notes.append(HostProblem(path: function.path, text: "is not offered: \(reason)"))
        }
        for (name, members, spec) in groups.all {
            do throws(DriverFault) {
                try DriveGroups.requireOneDrive(members, pass.snapshot)
                discovery.devices.append(try device(members, controllers[members[0].address], spec, pass))
            } catch {
                discovery.notes.append(
                    HostProblem(path: DeviceGroups.path(name), text: "is not offered: \(error.text)"))
            }
        }
        return discovery
    }

    private func objection(to function: PCIFunction, _ drive: NVMeController?) -> String? {
        if function.isVirtualFunction, !options.nvme.offersVirtualFunctions {
            return "it is a virtual function of a drive, which may share namespaces with others; "
                + "nvme.offer_virtual_functions says that it does not"
        }
        return drive?.state == "dead" ? "its controller is dead" : nil
    }

    /// Makes sure that only the holder can reach the drive: no other controller has its namespaces, the host does not
    /// use it, and it can be erased afterwards.
    public func prepare(_ order: HandleOrder) async throws(DriverFault) {
        try await eraser.inspect(try order.requireUnit())
    }

    /// Does nothing: a drive keeps its state when its host restarts, and its holder may already use it again.
    public func restore(_ order: HandleOrder) async throws(DriverFault) {}

    private var eraser: DriveEraser {
        DriveEraser(
            options: options.nvme, root: options.root, control: options.control,
            tool: NVMeTool(commands: options.commands), time: options.time, random: options.random, wait: wait)
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        try await eraser.erase(try order.requireUnit())
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
        let tool = NVMeTool(commands: options.commands)
        do throws(DriverFault) {
            _ = try ErasePlan(
                options.nvme, try await tool.identity(drive.name),
                isPart: host.function(at: address)?.isVirtualFunction == true)
        } catch {
            // Before anyone has it, and not when the first who had it lets go.
            return DeviceHealth(.sick, reason: error.text, isLasting: true)
        }
        var health = try await tool.wear(drive.name).health
        // Known while a guest has it, too: a cleaning that fails must name the drive.
        health.inventory = drive.facts
        return health
    }

    /// - Parameter members: the functions that lead to the drive, the first of which names it
    private func device(
        _ members: [PCIFunction], _ drive: NVMeController?, _ spec: DeviceSpec, _ pass: DiscoveryPass
    ) throws(DriverFault) -> DeviceReport {
        let function = members[0]
        let vendor = function.vendorID.uppercased()
        let product = function.productID.uppercased()
        var traits = ["OWNER_CYBORG", "CUSTOM_NVME_\(vendor)_\(product)"]
        if spec.oneTimeUse { traits.append("HW_PCI_ONE_TIME_USE") }
        for trait in spec.traits where !traits.contains(trait.name) { traits.append(trait.name) }
        var facts = PCIDriver.facts(of: function)
        facts.merge(drive?.facts ?? [:]) { _, own in own }
        facts["size"] = (drive?.namespaces.compactMap(\.size).reduce(0, +)).map { "\($0)" }
        facts["cleaning"] = "\(options.nvme.clearAction.rawValue), \(options.nvme.clearStrategy.rawValue)"
        var target = try DriveHandle.target(options.nvme.handleType, function.address, drive, pass.snapshot)
        if members.count > 1, let group = spec.group {
            target = .group(GroupTarget(group, members: members.map(\.address)), of: target)
            facts["members"] = members.map(\.address.description).joined(separator: " ")
        }
        var report = PCIReport(
            type: .nvme, driver: Self.name, resourceClass: spec.resourceClass?.name ?? "CUSTOM_NVME", traits: traits,
            facts: facts, handle: Attachment(target, details: PCIDriver.details(spec)), needsCleaning: true
        ).device(function, on: pass.host)
        report.deployables[0].handles[0].needsPreparation = true
        return report
    }
}
