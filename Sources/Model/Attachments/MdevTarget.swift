/// A mediated device of one type of a parent. Its UUID is the handle's id.
public struct MdevTarget: Hashable, Sendable {
    /// Which device makes it.
    public enum Parent: Hashable, Sendable, CustomStringConvertible {
        case function(PCIAddress)
        /// A device that is not a function of a bus, such as the kernel's sample drivers have.
        case named(String)

        /// Its name below `/sys/class/mdev_bus`.
        public var description: String {
            switch self {
            case .function(let address): address.description
            case .named(let name): name
            }
        }
    }

    public let parent: Parent
    /// The type's name, such as `nvidia-223`.
    public let type: String
    /// Tells the devices of one type and one parent apart, such as `nvidia-223_0`.
    public let mark: String?

    public init(_ parent: Parent, type: String, mark: String? = nil) {
        self.parent = parent
        self.type = type
        self.mark = mark
    }

    init?(taking pairs: inout [String: String]) {
        guard let type = pairs.removeValue(forKey: "asked_type") else { return nil }
        self.type = type
        mark = pairs.removeValue(forKey: "vgpu_mark")
        if let address = PCIAddress(taking: &pairs) {
            parent = .function(address)
        } else if let name = pairs.removeValue(forKey: "parent") {
            parent = .named(name)
        } else {
            return nil
        }
    }

    var pairs: [String: String] {
        var pairs: [String: String]
        switch parent {
        case .function(let address): pairs = address.attachInfo
        case .named(let name): pairs = ["parent": name]
        }
        pairs["asked_type"] = type
        pairs["vgpu_mark"] = mark
        return pairs
    }
}
