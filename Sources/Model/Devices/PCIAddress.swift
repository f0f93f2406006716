/// The address of a PCI function: domain, bus, device, function. Text form `dddd:bb:dd.f` in lower-case hexadecimal,
/// like the folders below `/sys/bus/pci/devices`.
public struct PCIAddress: Hashable, Sendable, Comparable, CustomStringConvertible, LosslessStringConvertible {
    /// 16 bits on most machines; VMD bridges create domains above 0xffff, up to 32 bits.
    public let domain: UInt32
    public let bus: UInt8
    /// 0 … 31.
    public let device: UInt8
    /// 0 … 7.
    public let function: UInt8

    /// Nil if device or function is out of range.
    public init?(domain: UInt32, bus: UInt8, device: UInt8, function: UInt8) {
        guard device < 32, function < 8 else { return nil }
        self.domain = domain
        self.bus = bus
        self.device = device
        self.function = function
    }

    /// Reads `dddd:bb:dd.f`, and `bb:dd.f` with domain 0.
    public init?(_ text: String) {
        let halves = text.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count == 2, halves[1].utf8.count == 1, let function = UInt8(halves[1], radix: 16) else {
            return nil
        }
        let parts = halves[0].split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3 else { return nil }
        var domain: UInt32 = 0
        if parts.count == 3 {
            guard (4...8).contains(parts[0].utf8.count), let value = UInt32(parts[0], radix: 16) else { return nil }
            domain = value
        }
        let bus = parts[parts.count - 2]
        let device = parts[parts.count - 1]
        guard bus.utf8.count == 2, device.utf8.count == 2, let bus = UInt8(bus, radix: 16),
            let device = UInt8(device, radix: 16)
        else { return nil }
        self.init(domain: domain, bus: bus, device: device, function: function)
    }

    public var description: String {
        "\(Hexadecimal.text(domain, width: 4)):\(Hexadecimal.text(bus, width: 2)):\(Hexadecimal.text(device, width: 2)).\(Hexadecimal.text(function))"
    }

    /// The four parts, as in attach handles: `{"domain":"0000","bus":"0c","device":"00","function":"1"}`.
    public var attachInfo: [String: String] {
        [
            "domain": Hexadecimal.text(domain, width: 4), "bus": Hexadecimal.text(bus, width: 2),
            "device": Hexadecimal.text(device, width: 2),
            "function": Hexadecimal.text(function),
        ]
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.domain, left.bus, left.device, left.function) < (right.domain, right.bus, right.device, right.function)
    }
}

extension PCIAddress: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let address = PCIAddress(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not a PCI address of the form dddd:bb:dd.f")
        }
        self = address
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
