/// A block device of the host.
public struct BlockTarget: Hashable, Sendable {
    /// A path that survives a restart of the host, such as `/dev/disk/by-id/nvme-eui.0025388b710116a1`.
    public let path: String
    /// The function that leads to it, if it is one unit with it.
    public let function: PCIAddress?

    public init(_ path: String, function: PCIAddress? = nil) {
        self.path = path
        self.function = function
    }

    init?(taking pairs: inout [String: String]) {
        guard let path = pairs.removeValue(forKey: "path") else { return nil }
        self.init(path, function: PCIAddress(taking: &pairs))
    }

    var pairs: [String: String] {
        var pairs = function?.attachInfo ?? [:]
        pairs["path"] = path
        return pairs
    }
}
