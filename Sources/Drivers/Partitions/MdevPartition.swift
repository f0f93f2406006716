import Model

/// A share of a parent that is kept for mediated devices of one type: an entry of `partitions` with `parent`.
///
/// Types of one parent compete for its capacity. Devices that nobody holds, called spares, keep the share. One spare is
/// removed when a handle of the type is bound, and made again when the handle is released. Their names follow from
/// parent, type and number, so that the agent recognises its own spares and touches no other device.
public struct MdevPartition: Sendable, Equatable {
    /// The name in sysfs: a PCI address, or the name of a virtual parent such as `mtty`. The configuration may write it
    /// in another form.
    public let parent: String
    /// The name in sysfs, such as `nvidia-474`.
    public var type: String
    /// The number of devices of that type, held ones and spares together.
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

    /// More devices than any card has.
    static let limit = 1024

    /// The names of the share's spares, in order.
    var spares: some Sequence<String> {
        (0..<Self.limit).lazy.map { number in
            ProviderNames.identifier(ofProvider: "spare \(type) \(number) of \(parent)").description
        }
    }

    /// Whether the name may be a spare's. Only spares have name-based UUIDs (by the UUID's version); all other devices
    /// have random ones.
    static func mayBeSpare(_ device: String) -> Bool { device.dropFirst(14).first == "3" }

    func isOf(_ type: String, on parent: String) -> Bool { self.type == type && self.parent == parent }
}
