import FoundationEssentials
import Host
package import Model

/// A driver that is a separate program. The agent sends it requests line by line, and restarts it after a pause if it
/// fails.
///
/// The program cannot stop the agent: requests have timeouts, output is bounded, and responses are checked. It can
/// never offer what the host needs, because the agent removes that.
package struct ExternalDriver: Driver {
    public let name: String
    public let capabilities = DriverCapabilities(
        prepares: true, cleans: true, programs: true, examines: true)
    public var looksBeyondTheSnapshot: Bool { true }

    private let spec: ExternalSpec
    private let process: LineProcess
    private let control: HostControl
    private let time: TimeSource

    public init(_ spec: ExternalSpec, _ options: DriverOptions) {
        self.init(spec, options, now: { .now })
    }

    /// - Parameter now: the clock that decides when a pause is over
    init(_ spec: ExternalSpec, _ options: DriverOptions, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        name = spec.name
        self.spec = spec
        control = options.control
        time = options.time
        process = LineProcess(
            spec.program, spec.arguments, greeting: Self.line(ExternalMessages.Hello()), now: now,
            accepts: { line in
                let welcome = try? JSONDecoder().decode(ExternalMessages.Welcome.self, from: Data(line))
                return welcome?.version == ExternalMessages.version
            })
    }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        let functions = pass.snapshot.functions.map { function in
            ExternalMessages.Function(
                address: function.address.description, vendor: function.vendorID, product: function.productID,
                class: Hexadecimal.text(function.classCode.code, width: 6), numaNode: function.numaNode,
                driver: function.driver, physicalFunction: function.physicalFunction?.description,
                fenced: !pass.fencing.reasons(for: function.address).isEmpty || function.classCode.isBridge)
        }
        let answer = try ask(
            ExternalMessages.Fingerprint(id: 1, host: pass.host.text, functions: functions), spec.timeout)
        var discovery = Discovery()
        var seen: Set<String> = []
        for device in answer.devices ?? [] {
            do {
                let report = try report(device, pass)
                guard seen.insert(report.controlPath).inserted else { throw DriverFault("it is said twice") }
                discovery.devices.append(report)
            } catch {
                let path = device.address.map { "/sys/bus/pci/devices/\($0)" } ?? "/\(name)/\(device.title)"
                discovery.notes.append(HostProblem(path: path, text: "is left out: \(error)"))
            }
        }
        discovery.devices.sort { $0.deployables[0].name < $1.deployables[0].name }
        return discovery
    }

    public func prepare(_ order: HandleOrder) async throws(DriverFault) { _ = try await tell("prepare", order) }
    public func withdraw(_ order: HandleOrder) async throws(DriverFault) { _ = try await tell("withdraw", order) }
    public func program(_ order: HandleOrder, image: String) async throws(DriverFault) {
        _ = try await tell("program", order, image: image)
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        let begun = time.now()
        let answer = try await tell("clean", order)
        guard let methods = answer.methods, !methods.isEmpty else {
            throw DriverFault("The driver '\(name)' does not say how it cleaned the device.")
        }
        return CleaningRecord(
            device: order.address.map { ["address": $0.description] } ?? order.attachment.info, methods: methods,
            verification: .impossible("an external driver's word"), begun: begun, ended: time.now())
    }

    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        let answer = try await tell("health", order)
        guard let state = answer.state.flatMap({ DeviceHealth.State(rawValue: $0) }) else {
            throw DriverFault("The driver '\(name)' must report a health of well, worn, sick or unknown.")
        }
        return DeviceHealth(state, reason: answer.reason)
    }

    /// Ends the program. The next request starts it again.
    func interrupt() { process.stop() }

    // MARK: What it says

    private func report(
        _ device: ExternalMessages.Device, _ pass: DiscoveryPass
    ) throws(DriverFault) -> DeviceReport {
        var address: PCIAddress?
        if let text = device.address {
            guard let read = PCIAddress(text) else { throw DriverFault("there is no such function") }
            address = read
        }
        let handleType = AttachHandleType(rawValue: device.handleType ?? "PCI")
        if case .other(let word) = handleType { throw DriverFault("'\(word)' is not a type of attach handle") }
        let unit = try ExternalUnit(
            handleType, device.info ?? [:], address: address, on: pass.snapshot, pass.fencing, control.root)
        guard let resourceClass = ResourceClass(device.resourceClass) else {
            throw DriverFault("'\(device.resourceClass)' is not the name of a resource class")
        }
        var traits = ["OWNER_CYBORG"]
        for name in device.traits ?? [] {
            guard let trait = Trait(name) else { throw DriverFault("'\(name)' is not the name of a trait") }
            if !traits.contains(trait.name) { traits.append(trait.name) }
        }
        guard let type = DeviceType(rawValue: device.type ?? "PCI") else {
            throw DriverFault("'\(device.type ?? "")' is not a type of device")
        }
        var report: DeviceReport
        switch unit {
        case .function(let function):
            let facts = (device.facts ?? [:]).merging(PCIDriver.facts(of: function)) { _, ours in ours }
            let info = function.address.attachInfo.merging(device.info ?? [:]) { ours, _ in ours }
            report = PCIReport(
                type: type, driver: name, resourceClass: resourceClass.name, traits: traits, facts: facts,
                handle: Attachment(handleType, info), needsCleaning: device.cleans ?? false, model: device.model
            ).device(function, on: pass.host)
        case .other:
            report = try self.report(device, handleType, type, resourceClass, traits, pass.host)
        }
        report.deployables[0].handles[0].needsPreparation = device.prepares ?? false
        return report
    }

    /// The report of a device that is not a PCI function.
    private func report(
        _ device: ExternalMessages.Device, _ handleType: AttachHandleType, _ type: DeviceType,
        _ resourceClass: ResourceClass, _ traits: [String], _ host: HostName
    ) throws(DriverFault) -> DeviceReport {
        let own = device.name ?? ""
        guard (1...64).contains(own.utf8.count), own.utf8.allSatisfy(Self.isPlain) else {
            throw DriverFault("a device without an 'address' needs a 'name' of at most 64 letters, digits and . _ : -")
        }
        let deployable = "\(host)_\(own)"
        var attributes = [AttributeReport(key: "rc", value: resourceClass.name)]
        for (index, trait) in traits.enumerated() {
            attributes.append(AttributeReport(key: "trait\(index)", value: trait))
        }
        let handle = AttachHandleReport(
            Attachment(handleType, device.info ?? [:]), needsCleaning: device.cleans ?? false)
        return DeviceReport(
            type: type, vendor: device.vendor ?? name, model: device.model ?? "external", standardBoardInfo: nil,
            vendorBoardInfo: "miss_vb_info", controlPath: PythonJSON.object([("driver", name), ("name", own)]),
            driver: name, facts: device.facts ?? [:],
            deployables: [
                DeployableReport(
                    name: deployable, resourceProvider: ProviderNames.identifier(ofProvider: deployable),
                    resourceClass: resourceClass.name, accelerators: 1, traits: traits, attributes: attributes,
                    handles: [handle])
            ])
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || [45, 46, 58, 95].contains(byte)
    }

    private func tell(_ what: String, _ order: HandleOrder, image: String? = nil) async throws(DriverFault)
        -> ExternalMessages.Answer
    {
        let host = await control.snapshot()
        let address = order.address
        if let address, host.function(at: address) == nil {
            throw DriverFault("There is no PCI function \(address) on this host.")
        }
        do throws(DriverFault) {
            _ = try ExternalUnit(
                order.attachment.type, order.attachment.info, address: address, on: host, Fencing(host), control.root)
        } catch {
            throw DriverFault("\(address.map(\.description) ?? "The handle") is left alone: \(error.text).")
        }
        let message = ExternalMessages.Order(
            id: 2, do: what, handle: order.handle.description, address: address?.description,
            info: order.attachment.info, image: image)
        let patience = what == "health" ? spec.timeout : .seconds(3600)
        return try await Blocking.run { () throws(DriverFault) in try ask(message, patience) }
    }

    private func ask(_ message: some Encodable & Sendable, _ timeout: Duration) throws(DriverFault)
        -> ExternalMessages.Answer
    {
        let line: [UInt8]
        do {
            line = try process.exchange(Self.line(message), timeout: timeout)
        } catch {
            throw DriverFault("The driver '\(name)' failed: \(error).", isTransient: true)
        }
        guard let answer = try? JSONDecoder().decode(ExternalMessages.Answer.self, from: Data(line)) else {
            process.stop()
            throw DriverFault("The driver '\(name)' sent a response that cannot be read.", isTransient: true)
        }
        if let text = answer.error {
            throw DriverFault(text.hasSuffix(".") ? text : text + ".", isTransient: answer.transient ?? false)
        }
        return answer
    }

    private static func line(_ message: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(message)).map(Array.init) ?? []
    }
}
