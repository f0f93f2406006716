import Host
import Model

/// Offers Huawei's Ascend accelerators.
///
/// Cyborg names their deployables after the device alone, so that two hosts collide, and its reports fail because they
/// lack a class. So no cloud has such providers that must be kept. Here the name contains the host, and the class is
/// `CUSTOM_AICHIP`.
struct HuaweiAscendDriver: Driver {
    public static let name = "huawei_ascend"
    public static let capabilities = DriverCapabilities(cleans: true, examines: true)

    private let cleaning: ResetCleaning

    public init(_ options: DriverOptions) {
        cleaning = ResetCleaning(options)
    }

    public var name: String { Self.name }
    public var capabilities: DriverCapabilities { Self.capabilities }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        FunctionFamily(
            driver: Self.name, type: .aichip, resourceClass: "CUSTOM_AICHIP",
            isMember: { $0.vendor == 0x19e5 && $0.product == 0xd100 },
            traits: { _, _ in ["OWNER_CYBORG", "CUSTOM_AICHIP_HUAWEI", "CUSTOM_AICHIP_PRODUCT_ID_D100"] }
        ).discover(pass)
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        try await cleaning.clean(order.requireAddress())
    }

    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        try await FunctionHealth(control: cleaning.control).examine(order)
    }
}
