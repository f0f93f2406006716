/// The operations on `/sys` and `/proc`. There are two implementations: the kernel's tree, below a folder that is a
/// parameter, and a tree in memory, for recorded hosts and tests.
///
/// Paths begin with a slash and are those of the host that the tree shows.
public protocol FileTree: Sendable {
    /// At most `limit` bytes from `offset` on. A file that holds more fails with `tooLarge` unless `partial`.
    func read(_ path: String, offset: Int, limit: Int, partial: Bool) throws(TreeFault) -> [UInt8]
    /// The target of a link, as it is written.
    func target(of path: String) throws(TreeFault) -> String
    /// The names in a folder, in no order.
    func names(in path: String) throws(TreeFault) -> [String]
    /// Writes the value in one call, as sysfs requires; never creates a file.
    func write(_ bytes: [UInt8], to path: String) throws(TreeFault)
    /// The kind of entry at `path` itself, without following a link there. Nil if there is none.
    func kind(of path: String) -> EntryKind?
    /// Reads a piece of a block device, bypassing the kernel's caches. Offset and size must be multiples of its block
    /// size.
    func readMedium(_ path: String, offset: Int, size: Int) throws(TreeFault) -> [UInt8]
    /// Claims a block device exclusively. Throws `busy` if the host uses it, completely or in part.
    func claim(_ path: String) throws(TreeFault) -> DeviceClaim
    /// Reads pieces of `size` bytes from a file that can only be mapped: a memory region of a function. No piece may
    /// cross a page of 4 KiB.
    func readMapped(_ path: String, places: [Int], size: Int) throws(TreeFault) -> [[UInt8]]
    /// Writes such pieces, each at its place.
    func writeMapped(_ path: String, pieces: [(place: Int, bytes: [UInt8])]) throws(TreeFault)
}

extension FileTree {
    // A tree without caches and without devices.
    public func readMedium(_ path: String, offset: Int, size: Int) throws(TreeFault) -> [UInt8] {
        try read(path, offset: offset, limit: size, partial: true)
    }

    public func claim(_ path: String) throws(TreeFault) -> DeviceClaim {
        guard kind(of: path) != nil else { throw TreeFault(path, .missing) }
        return DeviceClaim()
    }

    public func readMapped(_ path: String, places: [Int], size: Int) throws(TreeFault) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        for place in places { pieces.append(try read(path, offset: place, limit: size, partial: true)) }
        return pieces
    }

    public func writeMapped(_ path: String, pieces: [(place: Int, bytes: [UInt8])]) throws(TreeFault) {
        throw TreeFault(path, .denied)
    }
}

/// The kind of an entry.
public enum EntryKind: Sendable, Equatable {
    case file, folder, link
    /// Pipes, sockets and device nodes; never opened.
    case special
}
