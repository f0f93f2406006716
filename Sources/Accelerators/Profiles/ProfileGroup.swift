import Model

/// One request group of a device profile: keys `resources:CLASS`, `trait:NAME` and `accel:…` with their values.
struct ProfileGroup: Sendable, Equatable, Codable {
    /// Every value is a string, as in responses.
    let entries: [String: String]

    init(entries: [String: String]) {
        self.entries = entries
    }

    init(from decoder: any Decoder) throws {
        entries = try decoder.singleValueContainer().decode([String: String].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(entries)
    }

    /// The class of each accelerator that the group requests. One accelerator request is created for each, in this
    /// order.
    ///
    /// A Xilinx FPGA requires two: the management function and the user function of the card.
    var accelerators: [ResourceClass] {
        var classes: [ResourceClass] = []
        let isXilinx = entries["trait:CUSTOM_FPGA_XILINX"] == "required"
        for key in entries.keys.sorted() where key.hasPrefix("resources:") {
            let name = String(key.dropFirst("resources:".count))
            guard let count = entries[key].flatMap({ Int($0) }), count > 0 else { continue }
            let factor = isXilinx && name == "FPGA" ? 2 : 1
            classes += Array(repeating: ResourceClass(unchecked: name), count: count * factor)
        }
        return classes
    }

    /// Whether a bitstream must be loaded before binding.
    var needsProgramming: Bool {
        entries["accel:bitstream_id"] != nil || entries["accel:function_id"] != nil
    }
}
