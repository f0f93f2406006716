import Host
package import Model

/// Offers Intel's programmable acceleration cards with Arria 10, and their virtual functions.
package struct IntelFPGADriver: Driver {
    public static let name = "intel_fpga"
    public static let capabilities = DriverCapabilities(cleans: true, programs: true, isStateful: true, examines: true)
    static let product: UInt16 = 0x09c4

    private let control: HostControl
    private let programming: FPGAProgramming

    public init(_ options: DriverOptions) {
        control = options.control
        programming = FPGAProgramming(options, cleanImage: options.fpga.cleanImages[Self.name])
    }

    public var name: String { Self.name }
    public var capabilities: DriverCapabilities { Self.capabilities }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        let cards = Dictionary(grouping: pass.snapshot.fpgas.filter { $0.address != nil }) { $0.address }
        return FunctionFamily(
            driver: Self.name, type: .fpga, resourceClass: "FPGA",
            isMember: { $0.vendor == 0x8086 && $0.product == Self.product },
            traits: { physical, unit in
                var traits = ["OWNER_CYBORG", "CUSTOM_FPGA_INTEL", "CUSTOM_FPGA_INTEL_PAC_ARRIA10"]
                let shown = (cards[unit.address] ?? []) + (cards[physical.address] ?? [])
                if let function = shown.compactMap(\.function).first {
                    traits.append("CUSTOM_FPGA_FUNCTION_ID_INTEL_\(function.uppercased())")
                }
                if let region = shown.compactMap(\.interface).first {
                    traits.append("CUSTOM_FPGA_REGION_INTEL_\(region.uppercased())")
                }
                return traits
            },
            cleaning: programming.title
        ).discover(pass)
    }

    public func program(_ order: HandleOrder, image: String) async throws(DriverFault) {
        let address = try order.requireAddress()
        try await programming.load(command(await card(of: address), image), onto: address)
    }

    public func logic(of order: HandleOrder) async -> String? {
        guard let address = order.address else { return nil }
        return await logic(ofCard: await card(of: address))
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        let address = try order.requireAddress()
        let card = await card(of: address)
        if card != address, programming.cleanImage == nil {
            return try await programming.reset.clean(
                address,
                note:
                    "logic is loaded through the card's physical function, which a tenant of this virtual one does not have"
            )
        }
        var record = try await programming.clean(address, key: "fpga.clean_images") { command(card, $0) }
        // What the card itself says it has now.
        record.device["logic"] = await logic(ofCard: card)
        return record
    }

    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        try await FunctionHealth(control: control).examine(order)
    }

    private func logic(ofCard address: PCIAddress) async -> String? {
        await control.snapshot().fpgas.lazy.filter { $0.address == address }.compactMap(\.function).first
    }

    /// Logic is loaded through the physical function.
    private func card(of address: PCIAddress) async -> PCIAddress {
        await control.snapshot().function(at: address)?.physicalFunction ?? address
    }

    private func command(_ address: PCIAddress, _ image: String) -> Command {
        let parts = address.attachInfo
        func part(_ key: String) -> String { "0x\(parts[key] ?? "0")" }
        return Command(
            "fpgaconf",
            ["--bus=\(part("bus"))", "--device=\(part("device"))", "--function=\(part("function"))", image],
            timeout: programming.timeout)
    }
}
