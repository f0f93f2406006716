public import Model

/// A number of equal simulated devices: one entry of `fake.fleet`.
public struct FakeKind: Sendable, Equatable {
    public var count: Int
    /// Number of handles of each device.
    public var accelerators: Int
    public var type: DeviceType
    public var vendor: String
    public var model: String
    public var resourceClass: String
    public var traits: [String]
    public var numaNode: Int?
    /// How long preparing a handle takes; nil for the driver's value.
    public var prepareDelay: Duration?
    /// How long cleaning a handle takes; nil for the driver's value.
    public var cleanDelay: Duration?

    /// The defaults describe the device of Cyborg's fake driver.
    public init(
        count: Int = 1, accelerators: Int = 16, type: DeviceType = .fpga, vendor: String = "0xABCD",
        model: String = "miss model info", resourceClass: String = "FPGA", traits: [String] = ["CUSTOM_FAKE_DEVICE"],
        numaNode: Int? = nil, prepareDelay: Duration? = nil, cleanDelay: Duration? = nil
    ) {
        self.count = count
        self.accelerators = accelerators
        self.type = type
        self.vendor = vendor
        self.model = model
        self.resourceClass = resourceClass
        self.traits = traits
        self.numaNode = numaNode
        self.prepareDelay = prepareDelay
        self.cleanDelay = cleanDelay
    }

    /// Reads one entry of `fake.fleet`.
    public init(_ value: SpecValue) throws(DeviceSpecFault) {
        let entry = try SpecEntry(
            value, of: "fake.fleet",
            keys: [
                "count", "accelerators", "type", "vendor", "model", "resource_class", "traits", "numa_node",
                "prepare_delay", "clean_delay",
            ])
        self.init()
        count = try entry.number("count", in: 0...244) ?? count
        accelerators = try entry.number("accelerators", in: 1...255) ?? accelerators
        if let name = try entry.text("type") {
            guard let known = DeviceType(rawValue: name.uppercased()) else {
                let names = DeviceType.allCases.map(\.rawValue).joined(separator: ", ")
                throw DeviceSpecFault("type", "'\(name)' is none of \(names)")
            }
            type = known
        }
        vendor = try entry.text("vendor") ?? vendor
        model = try entry.text("model") ?? model
        resourceClass = try entry.resourceClass("resource_class")?.name ?? resourceClass
        let own = try entry.traits("traits").map(\.name)
        traits += own.filter { !traits.contains($0) }
        numaNode = try entry.number("numa_node", in: 0...1023)
        prepareDelay = try entry.duration("prepare_delay")
        cleanDelay = try entry.duration("clean_delay")
    }
}
