/// The name of a vGPU type, taken apart: product, slices of a MIG instance, size of the frame buffer, series.
///
///     NVIDIA A100-4C                              product A100, 4 GB, series C
///     GRID A100-2-10C                             product A100, 2 slices, 10 GB, series C
///     NVIDIA RTX Pro 6000 Blackwell DC-1-24Q      product RTX Pro 6000 Blackwell DC, 1 slice, 24 GB, series Q
///     NVIDIA RTX6000-Ada-48Q                      product RTX6000-Ada, 48 GB, series Q
///
/// The vendor's word stands first; what follows may be several words and have dashes of its own.
public struct VGPUTypeName: Sendable, Equatable {
    /// All words after the vendor's.
    public let whole: String
    public let product: String
    /// The slices of a MIG instance; nil for a time-sliced type.
    public let slices: Int?
    /// Gigabytes of frame buffer; 0 means half a gigabyte.
    public let size: Int
    /// `Q`, `C`, `B4`, `CME`.
    public let series: String

    /// Nil for a name of another form.
    public init?(_ title: String) {
        whole = Self.withoutVendor(title)
        let words = whole.split(separator: " ").map(String.init)
        guard let last = words.last else { return nil }
        var parts = last.split(separator: "-").map(String.init)
        guard parts.count > 1, let end = parts.popLast() else { return nil }
        let digits = end.prefix { $0.isASCII && $0.isNumber }
        guard let size = Int(digits), size < 1 << 20, digits.count < end.count else { return nil }
        self.size = size
        series = String(end.dropFirst(digits.count))
        // A number before the size counts slices where a product's name is left before it.
        if parts.count > 1, let slices = parts.last.flatMap({ Int($0) }), (1...64).contains(slices) {
            self.slices = slices
            parts.removeLast()
        } else {
            slices = nil
        }
        product = (words.dropLast() + [parts.joined(separator: "-")]).joined(separator: " ")
    }

    /// The words of a name without the vendor's, in any form.
    public static func withoutVendor(_ title: String) -> String {
        let words = title.split(separator: " ").map(String.init)
        let isNamed = words.count > 1 && ["GRID", "NVIDIA"].contains(words[0].uppercased())
        return (isNamed ? words.dropFirst() : words[...]).joined(separator: " ")
    }

    /// Twice the gigabytes, so that half a gigabyte is a whole number.
    private var halves: Int { size == 0 ? 1 : size * 2 }

    /// How many units of this type a card holds if it holds no other type. `types` are all types that can be made on
    /// the card; the largest one fills it. The result is too small if the largest is missing.
    public func maximum(among types: [VGPUTypeName]) -> Int {
        let whole = (types + [self]).map(\.halves).max() ?? halves
        let shares = whole / halves
        guard let slices else { return shares }
        let all = (types + [self]).compactMap(\.slices).max() ?? slices
        return max(1, min(shares, all / slices))
    }

    /// Whether one more unit fits beside `used`, on a card whose largest type is in `types`.
    public func fits(beside used: [VGPUTypeName], among types: [VGPUTypeName], mixed: Bool) -> Bool {
        guard !used.isEmpty else { return true }
        if let slices {
            let all = (types + [self]).compactMap(\.slices).max() ?? slices
            guard used.allSatisfy({ $0.slices != nil }) else { return false }
            return used.reduce(slices) { $0 + ($1.slices ?? 0) } <= all && isRoom(used, types)
        }
        guard used.allSatisfy({ $0.slices == nil }) else { return false }
        return mixed ? isRoom(used, types) : used.allSatisfy { $0 == self } && used.count < maximum(among: types)
    }

    private func isRoom(_ used: [VGPUTypeName], _ types: [VGPUTypeName]) -> Bool {
        used.reduce(halves) { $0 + $1.halves } <= (types + [self]).map(\.halves).max() ?? halves
    }
}
