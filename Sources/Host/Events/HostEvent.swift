/// One message of the kernel about a device that appeared, disappeared or changed.
public struct HostEvent: Sendable, Equatable {
    /// `add`, `remove`, `change`, `bind`, `unbind`, `move`, `online`, `offline`.
    public let action: String
    /// The path below `/sys`, such as `/devices/pci0000:00/0000:00:02.0`.
    public let path: String
    /// `pci`, `nvme`, `mdev`, `block`, `net`.
    package let subsystem: String

    /// Reads a message of the kernel's own multicast group: `add@/devices/…`, then `KEY=value` fields, each terminated
    /// by a zero byte. Nil for anything else, such as messages in udev's format.
    public init?(_ message: some Sequence<UInt8>) {
        let fields = Array(message).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard let heading = fields.first, heading.contains("@") else { return nil }
        var values: [Substring: Substring] = [:]
        for field in fields.dropFirst() {
            guard let sign = field.firstIndex(of: "=") else { continue }
            values[field[..<sign]] = field[field.index(after: sign)...]
        }
        guard let action = values["ACTION"], let path = values["DEVPATH"], let subsystem = values["SUBSYSTEM"] else {
            return nil
        }
        self.action = String(action)
        self.path = String(path)
        self.subsystem = String(subsystem)
    }

    /// Whether drivers use devices of that subsystem.
    var isOfInterest: Bool {
        ["pci", "nvme", "mdev", "block", "net", "fpga_region", "vfio"].contains(subsystem)
    }
}
