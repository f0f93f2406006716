/// The `/sys` and `/proc` of one host: this machine's, those below another folder, or those of a recording.
///
/// Reading needs no privileges. What an ordinary user cannot see (serial numbers in the extended configuration space)
/// is left out.
public struct SysfsRoot: Sendable {
    private let tree: any FileTree
    /// Whether it is the running machine's own; only then may the machine's programs be run for it.
    public let isThisMachine: Bool

    /// The folder that contains `sys` and `proc`.
    public init(path: String = "/") {
        tree = KernelTree(root: path)
        isThisMachine = path.allSatisfy { $0 == "/" }
    }

    public init(_ tree: any FileTree) {
        self.tree = tree
        isThisMachine = false
    }

    /// A value in sysfs: its text without surrounding white space. At most `limit` bytes.
    public func text(_ path: String, limit: Int = 4096) throws(TreeFault) -> String {
        let bytes = try tree.read(path, offset: 0, limit: limit, partial: false)
        return String(decoding: trimmed(bytes), as: UTF8.self)
    }

    public func bytes(_ path: String, offset: Int = 0, limit: Int, partial: Bool = false) throws(TreeFault) -> [UInt8] {
        try tree.read(path, offset: offset, limit: limit, partial: partial)
    }

    /// The target of a link, as it is written.
    public func target(of path: String) throws(TreeFault) -> String { try tree.target(of: path) }

    /// The destination of a link, as a path from the root. Only the text is used, because links in sysfs lead directly
    /// to a device.
    public func destination(of path: String) throws(TreeFault) -> String {
        let target = try tree.target(of: path)
        if target.hasPrefix("/") { return target }
        var place = path.split(separator: "/").dropLast()
        for part in target.split(separator: "/") where part != "." {
            if part == ".." { place = place.dropLast() } else { place.append(part) }
        }
        return "/" + place.joined(separator: "/")
    }

    /// The names in a folder, in order.
    public func names(in path: String) throws(TreeFault) -> [String] { try tree.names(in: path).sorted() }

    public func kind(of path: String) -> EntryKind? { tree.kind(of: path) }

    public func exists(_ path: String) -> Bool { tree.kind(of: path) != nil }

    /// Writes one value in one call. The kernel accepts it or returns the reason.
    public func write(_ text: String, to path: String) throws(TreeFault) {
        try tree.write(Array(text.utf8), to: path)
    }

    /// Reads a piece of a block device from its medium, not from the page cache.
    public func medium(_ path: String, offset: Int, size: Int) throws(TreeFault) -> [UInt8] {
        try tree.readMedium(path, offset: offset, size: size)
    }

    /// Claims a block device exclusively until the claim is released.
    public func claim(_ path: String) throws(TreeFault) -> DeviceClaim { try tree.claim(path) }

    /// Reads pieces of `size` bytes of a function's memory region such as `resource2`; no piece crosses a page of 4
    /// KiB.
    public func memory(_ path: String, places: [Int], size: Int) throws(TreeFault) -> [[UInt8]] {
        try tree.readMapped(path, places: places, size: size)
    }

    public func setMemory(_ path: String, pieces: [(place: Int, bytes: [UInt8])]) throws(TreeFault) {
        try tree.writeMapped(path, pieces: pieces)
    }

    private func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        var slice = bytes[...]
        while let last = slice.last, last <= 32 { slice.removeLast() }
        while let first = slice.first, first <= 32 { slice.removeFirst() }
        return slice
    }
}
