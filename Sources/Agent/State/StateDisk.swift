/// Stores an agent's files. When a call returns, its change is on the disk. The calls block.
public protocol StateDisk: Sendable {
    /// Nil if there is no such file.
    func read(_ name: String) throws -> [UInt8]?
    /// Replaces a file atomically: after a crash it has the old bytes or the new ones.
    func replace(_ name: String, with bytes: [UInt8]) throws
    /// Appends to a file, which is created if necessary. After a crash, any part of `bytes` may be in it.
    func append(_ bytes: [UInt8], to name: String) throws
}
