import Host
import Model

/// Offers Inspur's FPGA cards. Their logic is loaded outside this program.
struct InspurFPGADriver: Driver {
    public static let name = "inspur_fpga"
    public static let capabilities = DriverCapabilities(cleans: true, isStateful: true, examines: true)

    private let programming: FPGAProgramming

    public init(_ options: DriverOptions) {
        programming = FPGAProgramming(options, cleanImage: nil)
    }

    public var name: String { Self.name }
    public var capabilities: DriverCapabilities { Self.capabilities }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        FunctionFamily(
            driver: Self.name, type: .fpga, resourceClass: "FPGA",
            isMember: { $0.vendor == 0x1bd4 && $0.classCode.isProcessingAccelerator },
            traits: { physical, _ in
                [
                    "OWNER_CYBORG", "CUSTOM_FPGA_INSPUR",
                    "CUSTOM_FPGA_PRODUCT_ID_\(physical.productID.uppercased())",
                ]
            }, cleaning: programming.title
        ).discover(pass)
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        try await programming.clean(order.requireAddress(), key: nil, nil)
    }

    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        try await FunctionHealth(control: programming.reset.control).examine(order)
    }
}
