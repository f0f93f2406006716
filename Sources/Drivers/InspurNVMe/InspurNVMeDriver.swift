import Host
import Model

/// Offers Inspur's NVMe drives with Cyborg's names and classes. They are erased between two tenants like those of the
/// nvme driver.
struct InspurNVMeDriver: Driver {
    public static let name = "inspur_nvme_ssd"
    public static let capabilities = DriverCapabilities(cleans: true, isStateful: true, examines: true)
    static let vendor: UInt16 = 0x1bd4

    private let drives: NVMeDriver

    public init(_ options: DriverOptions) {
        drives = NVMeDriver(options)
    }

    public var name: String { Self.name }
    public var capabilities: DriverCapabilities { Self.capabilities }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        FunctionFamily(
            driver: Self.name, type: .ssd, resourceClass: "CUSTOM_SSD",
            isMember: { $0.vendor == Self.vendor && $0.classCode.isNVMe },
            traits: { physical, _ in
                ["OWNER_CYBORG", "CUSTOM_SSD_INSPUR", "CUSTOM_SSD_PRODUCT_ID_\(physical.productID.uppercased())"]
            },
            objection: { _, unit in
                unit.isVirtualFunction
                    ? "it is a virtual function of a drive, whose namespaces it shares with others" : nil
            }, cleaning: "erased as section nvme says"
        ).discover(pass)
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        try await drives.clean(order)
    }

    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        try await drives.examine(order)
    }
}
