/// The few things that are done with `/sys` and `/proc`. Two trees exist: the kernel's, below a folder that is a
/// parameter, and one in memory, for recorded hosts and tests.
///
/// Paths begin with a slash and are those of the host that the tree shows.
public protocol FileTree: Sendable {
    /// At most `limit` bytes from `offset` on. A file that holds more fails with `tooLarge` unless `partial`.
    func read(_ path: String, offset: Int, limit: Int, partial: Bool) throws(TreeFault) -> [UInt8]
    /// What a link points at, as it is written.
    func target(of path: String) throws(TreeFault) -> String
    /// The names in a folder, in no order.
    func names(in path: String) throws(TreeFault) -> [String]
    /// Writes the whole value at once, as sysfs wants it; never creates a file.
    func write(_ bytes: [UInt8], to path: String) throws(TreeFault)
    /// What stands at `path` itself, without following a link there. Nil when nothing does.
    func kind(of path: String) -> EntryKind?
    /// A piece of a block device past the kernel's caches, so that the medium itself answers. Place and size are multiples of its
    /// blocks'.
    func readMedium(_ path: String, offset: Int, size: Int) throws(TreeFault) -> [UInt8]
    /// Has a block device to oneself. `busy` where the host uses it, as a whole or in part.
    func claim(_ path: String) throws(TreeFault) -> DeviceClaim
    /// Pieces of `size` bytes of a file that can only be mapped: a memory region of a function. None may lie across pages of 4 KiB.
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

/// What an entry of a folder is.
public enum EntryKind: Sendable, Equatable {
    case file, folder, link
    /// Pipes, sockets and device nodes; never opened.
    case special
}
