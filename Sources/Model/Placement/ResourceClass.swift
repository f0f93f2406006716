/// A kind of resource that inventories count: `VCPU`, `FPGA`, `CUSTOM_QAT`.
///
/// Form: `[A-Z0-9_]+`, at most 255 characters; a custom one begins with `CUSTOM_`.
public struct ResourceClass: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let name: String

    /// Nil if `name` does not have the form of a resource class.
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

    public static let vcpu = ResourceClass(unchecked: "VCPU")
    public static let memoryMB = ResourceClass(unchecked: "MEMORY_MB")
    public static let diskGB = ResourceClass(unchecked: "DISK_GB")
    public static let fpga = ResourceClass(unchecked: "FPGA")
    public static let pgpu = ResourceClass(unchecked: "PGPU")
    package static let vgpu = ResourceClass(unchecked: "VGPU")
}

/// Whether `byte` may occur in the name of a resource class or trait: A to Z, 0 to 9, underscore.
func isSymbolByte(_ byte: UInt8) -> Bool {
    (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) || byte == 95
}
