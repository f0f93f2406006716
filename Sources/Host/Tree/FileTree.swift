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
}

/// What an entry of a folder is.
public enum EntryKind: Sendable, Equatable {
    case file, folder, link
    /// Pipes, sockets and device nodes; never opened.
    case special
}
