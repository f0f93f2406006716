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

    /// What its devices must have loaded.
    enum Logic: Hashable, Sendable {
        case image(ImageID)
        /// Whatever image has these properties.
        case function([String: String])
    }

    private static let bitstream = "accel:bitstream_id"
    private static let functions = ["accel:function_id", "accel:function_name"]

    /// Whether a bitstream must be loaded before binding.
    var needsProgramming: Bool { ([Self.bitstream] + Self.functions).contains { entries[$0] != nil } }

    /// Nil where it asks for no logic. Throws 409 for what cannot be meant.
    func logic() throws(Fault) -> Logic? {
        let function = entries.filter { Self.functions.contains($0.key) }
        guard let bitstream = entries[Self.bitstream] else { return function.isEmpty ? nil : .function(function) }
        guard function.isEmpty else {
            throw .conflict(
                "The device profile asks for a bitstream by accel:bitstream_id and for a function; only one of them can decide. "
                    + "Nothing was bound.")
        }
        guard let image = ImageID(bitstream) else {
            throw .conflict(
                "'\(bitstream.shown)' is not a UUID, and accel:bitstream_id must be that of the image with the bitstream. "
                    + "Nothing was bound.")
        }
        return .image(image)
    }
}
