/// A quality of a resource provider, such as `HW_CPU_X86_AVX2` or `CUSTOM_FAKE_DEVICE`. A provider has it or not; it is
/// never counted.
///
/// Form: `[A-Z0-9_]+`, at most 255 characters; a custom one begins with `CUSTOM_`.
public struct Trait: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let name: String

    /// Nil if `name` does not have the form of a trait.
    public init?(_ name: String) {
        guard (1...255).contains(name.utf8.count), name.utf8.allSatisfy(isSymbolByte) else { return nil }
        self.name = name
    }

    /// For names that are known to be valid: constants and rows of the database.
    public init(unchecked name: String) {
        self.name = name
    }

    public var isCustom: Bool { name.utf8.starts(with: "CUSTOM_".utf8) && name.utf8.count > 7 }
    public var description: String { name }
    public static func < (left: Self, right: Self) -> Bool { left.name < right.name }

    /// Marks providers that the accelerator service manages.
    public static let ownerCyborg = Trait(unchecked: "OWNER_CYBORG")
    /// Marks providers whose inventory serves every tree that shares an aggregate with them.
    public static let sharesViaAggregate = Trait(unchecked: "MISC_SHARES_VIA_AGGREGATE")
}
