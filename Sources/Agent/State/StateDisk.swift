/// Where an agent's files lie. Every call that returns has reached the disk; the calls block.
protocol StateDisk: Sendable {
    /// Nil where there is no such file.
    func read(_ name: String) throws -> [UInt8]?
    /// Replaces a file as a whole: after a crash it holds the old bytes or the new.
    func replace(_ name: String, with bytes: [UInt8]) throws
    /// Adds to the end of a file, made where there is none. After a crash any part of `bytes` may stand there.
    func append(_ bytes: [UInt8], to name: String) throws
}
