import Host
package import Model

/// Offers Xilinx (AMD) Alveo cards. A card has two functions: function 0 manages and programs it, function 1 is for the
/// tenant.
///
/// Cyborg gives a tenant either of the two, and with the first also the card's management. Here only the second is a
/// handle. A card with one function is offered by that function. Deployables are named after the card's first function,
/// as in Cyborg.
package struct XilinxFPGADriver: Driver {
    public static let name = "xilinx_fpga"
    public static let capabilities = DriverCapabilities(cleans: true, programs: true, isStateful: true, examines: true)

    private let programming: FPGAProgramming

    public init(_ options: DriverOptions) {
        programming = FPGAProgramming(options, cleanImage: options.fpga.cleanImages[Self.name])
    }

    public var name: String { Self.name }
    public var capabilities: DriverCapabilities { Self.capabilities }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        var discovery = Discovery()
        let functions = pass.snapshot.functions.filter {
            $0.vendor == 0x10ee && $0.classCode.isProcessingAccelerator && !$0.isVirtualFunction
        }
        let cards = Dictionary(grouping: functions) { Slot($0.address) }
        for (_, card) in cards.sorted(by: { $0.value[0].address < $1.value[0].address }) {
            let first = card[0]
            let user = card.first { $0.address.function == 1 } ?? first
            if let (function, reason) = card.lazy.compactMap({ member in
                pass.fencing.reasons(for: member.address).first.map { (member, $0) }
            }).first {
                discovery.notes.append(HostProblem(path: function.path, text: "is not offered: \(reason)"))
                continue
            }
            var facts = PCIDriver.facts(of: user)
            facts["management_function"] = card.count > 1 ? first.address.description : nil
            facts["cleaning"] = programming.title
            var device = PCIReport(
                type: .fpga, driver: Self.name, resourceClass: "FPGA",
                traits: [
                    "OWNER_CYBORG", "CUSTOM_FPGA_XILINX", "CUSTOM_FPGA_PRODUCT_ID_\(first.productID.uppercased())",
                ], facts: facts, handle: Attachment(.pci(user.address)), needsCleaning: true,
                name: ProviderNames.function(first.address, on: pass.host)
            ).device(user, on: pass.host)
            device.controlPath = PythonJSON.controlPath(first.address)
            device.model = first.productID
            discovery.devices.append(device)
        }
        return discovery
    }

    public func program(_ order: HandleOrder, image: String) async throws(DriverFault) {
        let address = try order.requireAddress()
        try await programming.load(command(address, image), onto: address)
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        let address = try order.requireAddress()
        return try await programming.clean(address, key: "fpga.clean_images") { command(address, $0) }
    }

    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        try await FunctionHealth(control: programming.reset.control).examine(order)
    }

    /// The management function programs the card.
    private func command(_ address: PCIAddress, _ image: String) -> Command {
        let manager =
            PCIAddress(domain: address.domain, bus: address.bus, device: address.device, function: 0) ?? address
        return Command(
            "xbmgmt", ["program", "--device", "\(manager)", "--base", "--image", image], timeout: programming.timeout)
    }

    private struct Slot: Hashable {
        let domain: UInt32
        let bus: UInt8
        let device: UInt8

        init(_ address: PCIAddress) {
            (domain, bus, device) = (address.domain, address.bus, address.device)
        }
    }
}
