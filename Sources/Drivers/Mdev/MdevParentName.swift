import Model

/// The parents of mediated devices that an entry of the configuration matches: by address, in every form that
/// `pci.device_spec` accepts and as libvirt names its node devices; or by name, for a parent that is not a PCI
/// function.
public struct MdevParentName: Sendable, Equatable, CustomStringConvertible {
    /// As the operator wrote it.
    public let description: String
    private let pattern: PCIAddressPattern?

    /// `*`, `0000:4A:00.4`, `4a:00.4`, `0000:4a:00.*`, `pci_0000_4a_00_4`, `mtty`.
    public init(_ text: String) {
        let plain = text.filter { $0 != " " && $0 != "\t" }
        // A name that could be read as the number of a device is tried as a name as well.
        self.init(text, try? PCIAddressPattern(text: Self.nodeDevice(plain)?.description ?? plain))
    }

    private init(_ description: String, _ pattern: PCIAddressPattern?) {
        self.description = description
        self.pattern = pattern
    }

    /// A text, or regular expressions for the parts of an address.
    public init(_ value: SpecValue) throws(DeviceSpecFault) {
        switch value {
        case .text(let text): self.init(text)
        case .mapping(let parts):
            var expressions: [String: String] = [:]
            for (key, part) in parts {
                guard case .text(let expression) = part else {
                    throw DeviceSpecFault("parent", "holds \(part.form) as '\(key)'; it must be a regular expression")
                }
                expressions[key] = expression
            }
            let pattern = try PCIAddressPattern(expressions: expressions)
            self.init(pattern.text, pattern)
        default:
            throw DeviceSpecFault(
                "parent",
                "is \(value.form); it must be an address, a name, or regular expressions for an address's parts")
        }
    }

    func matches(_ name: String, _ address: PCIAddress?) -> Bool {
        description == "*" || description == name || (address.map { pattern?.matches($0) == true } ?? false)
    }

    /// The only parent that the text can match, as sysfs names it. An address without a domain is in domain 0.
    static func single(_ text: String) -> String {
        let text = text.filter { $0 != " " && $0 != "\t" }
        return address(text)?.description ?? text
    }

    /// The address, if the text is one complete address in any of its forms.
    static func address(_ text: String) -> PCIAddress? {
        let text = text.filter { $0 != " " && $0 != "\t" }
        return PCIAddress(text) ?? nodeDevice(text) ?? (try? PCIAddressPattern(text: text))?.single
    }

    /// `pci_0000_4a_00_4`.
    private static func nodeDevice(_ text: String) -> PCIAddress? {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "pci" else { return nil }
        return PCIAddress("\(parts[1]):\(parts[2]):\(parts[3]).\(parts[4])")
    }
}
