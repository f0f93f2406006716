import Model

/// A share of a parent that is kept for mediated devices of one type: an entry of `partitions` with `parent`.
///
/// Types of one parent take each other's room. Devices that nobody holds yet, spares, stand for the share: one makes way when a handle
/// of the type is bound, and is there again when that is released. Their names follow from parent, type and number, so that the agent
/// knows its own and touches no other.
public struct MdevPartition: Sendable, Equatable {
    /// As sysfs names it, however it was written: a PCI address, or the name of a virtual parent such as `mtty`.
    public let parent: String
    /// As sysfs names it: `nvidia-474`.
    public var type: String
    /// Of that type, held and spare ones together.
    public var devices: Int

    public init(parent: String, type: String, devices: Int) {
        self.parent = MdevParentName.single(parent)
        self.type = type
        self.devices = devices
    }

    /// Reads one entry of `partitions`.
    public init(_ value: SpecValue) throws(DeviceSpecFault) {
        let entry = try SpecEntry(value, of: "partitions", keys: ["parent", "type", "devices"])
        guard let devices = try entry.number("devices", in: 0...Self.limit) else {
            throw DeviceSpecFault("devices", "is missing; it must be a number, 0 to give the share back")
        }
        self.init(
            parent: try entry.required("parent", "a PCI address or the name of a virtual parent"),
            type: try entry.required("type", "a type as sysfs names it, such as nvidia-474"), devices: devices)
    }

    /// More than any card has.
    static let limit = 1024

    /// The names that spares of the share have, in order.
    var spares: some Sequence<String> {
        (0..<Self.limit).lazy.map { number in
            ProviderNames.identifier(ofProvider: "spare \(type) \(number) of \(parent)").description
        }
    }

    /// Only spares have names that are made of other names; everyone else draws them at random. By the version of the UUID, which
    /// costs nothing to see.
    static func mayBeSpare(_ device: String) -> Bool { device.dropFirst(14).first == "3" }

    func isOf(_ type: String, on parent: String) -> Bool { self.type == type && self.parent == parent }
}
