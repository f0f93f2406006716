import Host
public import Model

/// Offers Intel QuickAssist functions: the virtual functions of a card, or the card if it has none.
///
/// They keep nothing of a tenant except rings and registers, which a function level reset clears.
public struct IntelQATDriver: Driver {
    public static let name = "intel_qat"
    public static let capabilities = DriverCapabilities(cleans: true, examines: true)

    /// Physical functions, by the tables of the kernel's drivers `qat_dh895xcc`, `qat_c62x`, `qat_c3xxx`, `qat_4xxx`,
    /// `qat_420xx` and `qat_6xxx`. The reference knows 37c8 alone.
    static let products: Set<UInt16> = [0x0435, 0x37c8, 0x19e2, 0x4940, 0x4942, 0x4944, 0x4946, 0x4948]

    private let cleaning: ResetCleaning

    public init(_ options: DriverOptions) {
        cleaning = ResetCleaning(options)
    }

    public var name: String { Self.name }
    public var capabilities: DriverCapabilities { Self.capabilities }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        FunctionFamily(
            driver: Self.name, type: .qat, resourceClass: "CUSTOM_QAT",
            isMember: { $0.vendor == 0x8086 && Self.products.contains($0.product) },
            traits: { physical, _ in ["OWNER_CYBORG", "CUSTOM_QAT_8086_\(physical.productID.uppercased())"] }
        ).discover(pass)
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        try await cleaning.clean(
            order.requireAddress(), note: "the function has no memory of its own; its rings and registers are reset")
    }

    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        try await FunctionHealth(control: cleaning.control).examine(order)
    }
}
