public import Model

/// What was done to remove a tenant's traces from a device, and how far that could be proven: the content of a sanitisation
/// certificate.
public struct CleaningRecord: Sendable, Equatable {
    /// What names the device: `address`, and where it has them `serial`, `model`, `firmware`, `namespaces`.
    public var device: [String: String]
    /// What was done, in order: `nvme sanitize, block erase`; `reset by flr`.
    public var methods: [String]
    public var verification: Verification
    public var begun: Timestamp
    public var ended: Timestamp

    public init(
        device: [String: String], methods: [String], verification: Verification, begun: Timestamp, ended: Timestamp
    ) {
        self.device = device
        self.methods = methods
        self.verification = verification
        self.begun = begun
        self.ended = ended
    }

    /// How it was proven that nothing is left.
    public enum Verification: Sendable, Equatable {
        /// Blocks at random places were read before and after.
        case samples(SampleCount)
        /// It was not: why.
        case impossible(String)
        /// The device keeps nothing.
        case unneeded
    }

    /// Samples that were read back after an erasure, all of them erased.
    public struct SampleCount: Sendable, Equatable {
        /// Of the sequence of places (SplitMix64), so that the same places can be read again; to it comes the number of the
        /// namespace.
        public var seed: UInt64
        public var count: Int
        /// Bytes of each.
        public var size: Int
        /// How many held something before.
        public var written: Int

        public init(seed: UInt64, count: Int, size: Int, written: Int) {
            self.seed = seed
            self.count = count
            self.size = size
            self.written = written
        }
    }
}
