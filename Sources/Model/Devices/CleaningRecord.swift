/// What was done to remove a tenant's data from a device, and how far that was proven: the content of a sanitisation
/// certificate, as the host reports it.
public struct CleaningRecord: Sendable, Codable, Equatable {
    /// What identifies the device: `address`, and if available `serial`, `model`, `firmware`, `namespaces`.
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

    /// What `methods` says where other logic was loaded over a tenant's.
    public static func loaded(_ image: String) -> String { "loaded \(image)" }

    /// Whether other logic was loaded over the tenant's.
    public var replacedLogic: Bool { methods.contains { $0.hasPrefix(Self.loaded("")) } }

    /// How it was proven that nothing is left.
    public enum Verification: Sendable, Equatable {
        /// Blocks were read before and after, at places from the sequence that begins with `seed` plus the number of
        /// the namespace (SplitMix64): `count` blocks of `size` bytes, of which `written` contained data before.
        case samples(seed: UInt64, count: Int, size: Int, written: Int)
        /// It was not proven, for this reason.
        case impossible(String)
        /// The device keeps nothing.
        case unneeded
    }
}

/// On the wire `{"kind": "samples", "seed": "…", "count": 1024, "size": 4096, "written": 1024}`, `{"kind":
/// "impossible", "reason": "…"}` or `{"kind": "unneeded"}`. The seed is a string, because not every JSON reader keeps
/// 64 bits.
extension CleaningRecord.Verification: Codable {
    private enum Key: String, CodingKey {
        case kind, seed, count, size, written, reason
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let kind = try container.decode(String.self, forKey: .kind)
        switch kind {
        case "samples":
            guard let seed = UInt64(try container.decode(String.self, forKey: .seed)) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .seed, in: container, debugDescription: "the seed is not a number of 64 bits")
            }
            self = .samples(
                seed: seed, count: try container.decode(Int.self, forKey: .count),
                size: try container.decode(Int.self, forKey: .size),
                written: try container.decode(Int.self, forKey: .written))
        case "impossible": self = .impossible(try container.decode(String.self, forKey: .reason))
        case "unneeded": self = .unneeded
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .kind, in: container, debugDescription: "'\(kind)' is no kind of verification")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .samples(let seed, let count, let size, let written):
            try container.encode("samples", forKey: .kind)
            try container.encode(String(seed), forKey: .seed)
            try container.encode(count, forKey: .count)
            try container.encode(size, forKey: .size)
            try container.encode(written, forKey: .written)
        case .impossible(let reason):
            try container.encode("impossible", forKey: .kind)
            try container.encode(reason, forKey: .reason)
        case .unneeded: try container.encode("unneeded", forKey: .kind)
        }
    }
}
