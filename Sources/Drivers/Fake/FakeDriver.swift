import Model

/// Makes up devices that look on the wire like those of the reference's fake driver: an FPGA with 16 handles that no hypervisor
/// attaches.
public struct FakeDriver: Driver {
    public static let name = "fake"
    public static let capabilities = DriverCapabilities(prepares: true)

    private let options: FakeOptions

    public init(_ options: FakeOptions = FakeOptions()) {
        self.options = options
    }

    public var name: String { Self.name }
    public var capabilities: DriverCapabilities { DriverCapabilities(prepares: options.prepares) }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        // A bus holds 255 handles beside the device itself, and the made-up devices have the buses from 0c on.
        guard (0...244).contains(options.devices), (1...255).contains(options.accelerators) else {
            throw DriverFault("The fake driver makes up 0 to 244 devices of 1 to 255 accelerators each.")
        }
        return Discovery(devices: (0..<options.devices).map { device($0, on: pass.host) })
    }

    public func prepare(_ order: HandleOrder) async throws(DriverFault) {
        guard options.prepareDelay > .zero || options.prepares else { return }
        do {
            try await options.wait(options.prepareDelay)
        } catch {
            throw DriverFault("The preparation was broken off.", isTransient: true)
        }
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        let now = options.time.now()
        return CleaningRecord(
            device: order.info, methods: ["nothing"], verification: .unneeded, begun: now, ended: now)
    }

    private func device(_ index: Int, on host: HostName) -> DeviceReport {
        let name = ProviderNames.plain("\(host)_FakeDevice") + (index == 0 ? "" : "_\(index + 1)")
        let bus = String(0x0c + index, radix: 16)
        let busText = bus.utf8.count == 1 ? "0\(bus)" : bus
        let handles = (1...options.accelerators).map { number in
            // The device number is not padded: consumers have long compared these very texts.
            AttachHandleReport(
                type: .testPCI,
                info: ["domain": "0000", "bus": busText, "device": "\(number / 8)", "function": "\(number % 8)"],
                needsPreparation: options.prepares)
        }
        return DeviceReport(
            type: .fpga, vendor: "0xABCD", model: "miss model info",
            standardBoardInfo: PythonJSON.object([("device_id", "0xabcd"), ("class", "Fake class")]),
            vendorBoardInfo: "fake_vendor_info",
            controlPath: "{\"domain\":\"0000\",\"bus\":\"\(busText)\",\"device\":\"00\",\"function\":\"0\"}",
            driver: Self.name,
            deployables: [
                DeployableReport(
                    name: name, resourceProvider: ProviderNames.identifier(ofProvider: name), resourceClass: "FPGA",
                    accelerators: options.accelerators, traits: ["CUSTOM_FAKE_DEVICE"],
                    attributes: [
                        AttributeReport(key: "traits1", value: "CUSTOM_FAKE_DEVICE"),
                        AttributeReport(key: "rc", value: "FPGA"),
                    ], handles: handles)
            ])
    }
}
