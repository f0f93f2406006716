extension PCIAddress {
    /// Reads `domain`, `bus`, `device` and `function`, hexadecimal with any number of digits. Nil if one of them is not
    /// there or out of range.
    public init?(attachInfo pairs: [String: String]) {
        guard let domain = pairs["domain"].flatMap({ UInt32($0, radix: 16) }),
            let bus = pairs["bus"].flatMap({ UInt8($0, radix: 16) }),
            let device = pairs["device"].flatMap({ UInt8($0, radix: 16) }),
            let function = pairs["function"].flatMap({ UInt8($0, radix: 16) })
        else { return nil }
        self.init(domain: domain, bus: bus, device: device, function: function)
    }

    /// Takes the four parts, if they are there exactly as `attachInfo` has them.
    init?(taking pairs: inout [String: String]) {
        guard let address = PCIAddress(attachInfo: pairs) else { return nil }
        let own = address.attachInfo
        guard own.allSatisfy({ pairs[$0.key] == $0.value }) else { return nil }
        for key in own.keys { pairs[key] = nil }
        self = address
    }
}
