import Host
public import Model

/// The PCI addresses that a device spec matches, in Nova's two forms: a text in which parts are `*` or left out, or
/// regular expressions for the parts.
public struct PCIAddressPattern: Sendable, Hashable {
    private let domain: Part
    private let bus: Part
    private let device: Part
    private let function: Part
    /// The address, if the pattern is one complete address.
    public let single: PCIAddress?
    /// As the operator wrote it.
    public let text: String

    private enum Part: Sendable, Hashable {
        case any
        case exactly(UInt32)
        /// A regular expression that must match from the start of the part's hexadecimal text, not up to its end.
        case expression(String, width: Int)
    }

    /// `[[[domain]:]bus:]device[.function]`, each `*`, empty or hexadecimal: `0000:0a:00.1`, `*:0a:00.*`, `:0a:00.`, `00.1`.
    public init(text: String) throws(DeviceSpecFault) {
        let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fields = halves[0].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard fields.count <= 3 else {
            throw DeviceSpecFault("address", "'\(text)' is not an address; write it as domain:bus:device.function")
        }
        let parts = Array(repeating: "", count: 3 - fields.count) + fields
        domain = try Self.part(parts[0], "domain", limit: 0xffff_ffff, in: text)
        bus = try Self.part(parts[1], "bus", limit: 0xff, in: text)
        device = try Self.part(parts[2], "device", limit: 0x1f, in: text)
        function = try Self.part(halves.count > 1 ? String(halves[1]) : "", "function", limit: 7, in: text)
        if case .exactly(let domain) = domain, case .exactly(let bus) = bus, case .exactly(let device) = device,
            case .exactly(let function) = function
        {
            single = PCIAddress(
                domain: domain, bus: UInt8(bus), device: UInt8(device), function: UInt8(function))
        } else {
            single = nil
        }
        self.text = text
    }

    /// Regular expressions under `domain`, `bus`, `slot` and `function`. A part that is left out matches anything.
    public init(expressions: [String: String]) throws(DeviceSpecFault) {
        for key in expressions.keys.sorted() where !["domain", "bus", "slot", "function"].contains(key) {
            throw DeviceSpecFault("address", "has the key '\(key)'; its keys are domain, bus, slot and function")
        }
        func part(_ key: String, _ width: Int) throws(DeviceSpecFault) -> Part {
            guard let pattern = expressions[key], pattern != ".*" else { return .any }
            // Many write out a plain number; that needs no expression at each match.
            if pattern.utf8.count == width, pattern.utf8.allSatisfy(Self.isHexadecimal),
                let value = UInt32(pattern, radix: 16), pattern == pattern.lowercased()
            {
                return .exactly(value)
            }
            guard (try? Regex(pattern)) != nil else {
                throw DeviceSpecFault("address", "'\(pattern)' of \(key) is not a regular expression")
            }
            return .expression(pattern, width: width)
        }
        domain = try part("domain", 4)
        bus = try part("bus", 2)
        device = try part("slot", 2)
        function = try part("function", 1)
        single = nil
        text =
            "{"
            + expressions.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
    }

    /// Whether bus and device are given, so that the pattern matches the functions of one slot.
    var namesDevice: Bool {
        if case .exactly = bus, case .exactly = device { return true }
        return false
    }

    public func matches(_ address: PCIAddress) -> Bool {
        Self.matches(function, UInt32(address.function)) && Self.matches(device, UInt32(address.device))
            && Self.matches(bus, UInt32(address.bus)) && Self.matches(domain, address.domain)
    }

    private static func matches(_ part: Part, _ value: UInt32) -> Bool {
        switch part {
        case .any: true
        case .exactly(let wanted): wanted == value
        case .expression(let pattern, let width):
            // Compiled each time: a compiled expression may not be shared between tasks, and few are ever matched.
            (try? Regex(pattern).prefixMatch(in: Hexadecimal.text(value, width: width))) ?? nil != nil
        }
    }

    private static func part(
        _ text: String, _ name: String, limit: UInt32, in whole: String
    ) throws(DeviceSpecFault) -> Part {
        let text = text.filter { $0 != " " && $0 != "\t" }
        if text.isEmpty || text == "*" { return .any }
        guard text.utf8.count <= 8, text.utf8.allSatisfy(isHexadecimal), let value = UInt32(text, radix: 16) else {
            throw DeviceSpecFault("address", "the \(name) '\(text)' of '\(whole)' is neither hexadecimal nor '*'")
        }
        guard value <= limit else {
            throw DeviceSpecFault(
                "address", "the \(name) '\(text)' of '\(whole)' is greater than \(String(limit, radix: 16))")
        }
        return .exactly(value)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte) || (65...70).contains(byte)
    }
}
