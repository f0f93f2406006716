/// Types that a virtual function can be given through its vendor's own folder in sysfs, which newer drivers have
/// instead of mdev: `nvidia/creatable_vgpu_types` and `nvidia/current_vgpu_type`.
public struct VendorPartition: Sendable, Equatable {
    /// The types that can be made now, with number and name, in the file's order; empty when a type is set and nothing
    /// else fits.
    public var creatable: [Kind]
    /// The number of the present type; 0 for no type.
    public var current: Int

    public struct Kind: Sendable, Equatable {
        public var number: Int
        /// Such as `NVIDIA A100-4C`.
        public var title: String
    }

    /// Nil if the function has no such folder.
    init?(_ folder: inout DeviceFolder) {
        guard folder.has("nvidia"), let text = try? folder.root.text("\(folder.path)/nvidia/current_vgpu_type"),
            let current = Int(text)
        else { return nil }
        self.current = current
        creatable = ((try? folder.root.text("\(folder.path)/nvidia/creatable_vgpu_types", limit: 16384)) ?? "")
            .split(separator: "\n").compactMap { line in
                // `558   : NVIDIA A100-4C`, below a heading.
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, let number = Int(parts[0].filter { $0 != " " && $0 != "\t" }) else {
                    return nil
                }
                return Kind(number: number, title: String(parts[1].drop { $0 == " " }))
            }
    }
}
