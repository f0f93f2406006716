/// The id of a function or a region of an FPGA, however it is written: with dashes or without, in either case, with `0x` in front.
struct LogicID: Sendable, Equatable {
    /// Letters and digits, in capitals, as traits have them.
    let text: String

    /// Nil for a text without letters and digits.
    init?(_ text: String) {
        let lower = text.lowercased()
        let plain = lower.hasPrefix("0x") ? lower.dropFirst(2) : lower[...]
        let kept = plain.utf8.filter { (48...57).contains($0) || (97...122).contains($0) }
        guard !kept.isEmpty, kept.count <= 128 else { return nil }
        self.text = String(decoding: kept, as: UTF8.self).uppercased()
    }

    /// Those that traits name, such as `CUSTOM_FPGA_FUNCTION_ID_INTEL_D8424D…`; a vendor's name has no underscore.
    static func among(_ traits: [String], prefix: String) -> [LogicID] {
        traits.compactMap { trait in
            guard trait.hasPrefix(prefix) else { return nil }
            let rest = trait.dropFirst(prefix.count)
            return rest.firstIndex(of: "_").flatMap { LogicID(String(rest[rest.index(after: $0)...])) }
        }
    }
}
