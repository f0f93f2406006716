import Dispatch
import Host
package import Model

/// Simulates devices. By default they look on the wire like those of Cyborg's fake driver, an FPGA with 16 handles that
/// no hypervisor attaches; the configuration can describe a fleet instead. The devices fail on command.
package struct FakeDriver: Driver {
    public static let name = "fake"
    public static let capabilities = DriverCapabilities(prepares: true, cleans: true, examines: true)

    private let options: FakeOptions

    public init(_ options: FakeOptions = FakeOptions()) {
        self.options = options
    }

    public var name: String { Self.name }
    public var capabilities: DriverCapabilities { Self.capabilities }
    /// True if there is a control file, because its content may change between looks.
    public var looksBeyondTheSnapshot: Bool { options.controlFile != nil }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        let kinds = options.kinds
        // A bus holds 255 handles beside the device itself, and the made-up devices have the buses from 0c on.
        guard kinds.count <= 244, kinds.allSatisfy({ (1...255).contains($0.accelerators) }), options.devices >= 0 else {
            throw DriverFault("The fake driver makes up 0 to 244 devices of 1 to 255 accelerators each.")
        }
        while let fault = try faults(.discovery, nil).first {
            guard fault.mode == .slow || fault.mode == .hang else { throw DriverFault(fault.reason, isTransient: true) }
            // In slices, so that a hang ends with its fault.
            _ = DispatchSemaphore(value: 0).wait(
                timeout: .now() + .milliseconds(fault.mode == .hang ? 50 : fault.delay.milliseconds))
            if fault.mode == .slow { break }
        }
        let gone = try faults(.vanish, nil, any: true)
        return Discovery(
            devices: kinds.enumerated().filter { index, _ in
                !gone.contains { $0.device == nil || $0.device == index + 1 }
            }.map { device($0.offset, $0.element, on: pass.host) })
    }

    public func prepare(_ order: HandleOrder) async throws(DriverFault) {
        try await act(.prepare, order, delay: kind(of: order)?.prepareDelay ?? options.prepareDelay)
    }

    public func withdraw(_ order: HandleOrder) async throws(DriverFault) {
        try await act(.withdraw, order, delay: .zero)
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        let begun = options.time.now()
        try await act(.clean, order, delay: kind(of: order)?.cleanDelay ?? options.cleanDelay)
        return CleaningRecord(
            device: order.attachment.info, methods: ["nothing"], verification: .unneeded, begun: begun,
            ended: options.time.now())
    }

    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        guard options.hasFaults else { return DeviceHealth(.unknown, reason: "a simulated device has no health") }
        guard let fault = try await read(.sick, number(of: order)).first else { return DeviceHealth(.well) }
        return DeviceHealth(.sick, reason: fault.reason, evidence: ["fault": fault.place.rawValue])
    }

    // MARK: Faults

    private func act(_ place: FakeFault.Place, _ order: HandleOrder, delay: Duration) async throws(DriverFault) {
        var left = delay
        var isSlowed = false
        while true {
            guard let fault = try await read(place, number(of: order)).first else { break }
            switch fault.mode {
            case .fail, .retry: throw DriverFault(fault.reason, isTransient: fault.mode == .retry)
            case .slow:
                if !isSlowed { left += fault.delay }
                isSlowed = true
            case .hang:
                try await pause(.milliseconds(200))
                continue
            }
            break
        }
        if left > .zero || (place == .prepare && options.prepares) { try await pause(left) }
    }

    private func pause(_ span: Duration) async throws(DriverFault) {
        do {
            try await options.wait(span)
        } catch {
            throw DriverFault("The work was interrupted.", isTransient: true)
        }
    }

    private func read(_ place: FakeFault.Place, _ device: Int?) async throws(DriverFault) -> [FakeFault] {
        guard options.hasFaults else { return [] }
        return try await Blocking.run { () throws(DriverFault) in try faults(place, device) }
    }

    /// The faults that apply to a step now. A control file that does not exist contains none.
    private func faults(
        _ place: FakeFault.Place, _ device: Int?, any: Bool = false
    ) throws(DriverFault) -> [FakeFault] {
        var all = options.faults
        if let file = options.controlFile, let bytes = try? SysfsRoot(path: "/").bytes(file, limit: 1 << 20) {
            do {
                all += try FakeFault.list(bytes)
            } catch {
                throw DriverFault("The control file '\(file)' cannot be used: \(error).", isTransient: true)
            }
        }
        return all.filter { $0.place == place && (any || $0.device == nil || $0.device == device) }
    }

    // MARK: Devices

    /// From 1.
    private func number(of order: HandleOrder) -> Int? {
        order.attachment.info["bus"].flatMap { Int($0, radix: 16) }.map { $0 - Self.firstBus + 1 }
    }

    private func kind(of order: HandleOrder) -> FakeKind? {
        let kinds = options.kinds
        guard let number = number(of: order), kinds.indices.contains(number - 1) else { return nil }
        return kinds[number - 1]
    }

    private static let firstBus = 0x0c

    private func device(_ index: Int, _ kind: FakeKind, on host: HostName) -> DeviceReport {
        let name = ProviderNames.plain("\(host)_FakeDevice") + (index == 0 ? "" : "_\(index + 1)")
        let bus = String(Self.firstBus + index, radix: 16)
        let busText = bus.utf8.count == 1 ? "0\(bus)" : bus
        let prepares = options.prepares || options.hasFaults || kind.prepareDelay ?? .zero > .zero
        let cleans = options.hasFaults || kind.cleanDelay ?? options.cleanDelay > .zero
        let handles = (1...kind.accelerators).map { number in
            // The device number is not padded: consumers have long compared these very texts.
            AttachHandleReport(
                type: .testPCI,
                info: ["domain": "0000", "bus": busText, "device": "\(number / 8)", "function": "\(number % 8)"],
                needsPreparation: prepares, needsCleaning: cleans)
        }
        let attributes = kind.traits.enumerated().map { index, trait in
            AttributeReport(key: "traits\(index + 1)", value: trait)
        }
        return DeviceReport(
            type: kind.type, vendor: kind.vendor, model: kind.model,
            standardBoardInfo: PythonJSON.object([("device_id", "0xabcd"), ("class", "Fake class")]),
            vendorBoardInfo: "fake_vendor_info",
            controlPath: "{\"domain\":\"0000\",\"bus\":\"\(busText)\",\"device\":\"00\",\"function\":\"0\"}",
            driver: Self.name, facts: kind.numaNode.map { ["numa_node": "\($0)"] } ?? [:],
            deployables: [
                DeployableReport(
                    name: name, resourceProvider: ProviderNames.identifier(ofProvider: name),
                    resourceClass: kind.resourceClass, accelerators: kind.accelerators, traits: kind.traits,
                    attributes: attributes + [AttributeReport(key: "rc", value: kind.resourceClass)], handles: handles)
            ])
    }
}

extension Duration {
    /// Rounded down.
    fileprivate var milliseconds: Int {
        Int(clamping: components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
