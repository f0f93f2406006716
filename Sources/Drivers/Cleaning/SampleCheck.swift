import Host
import Model

/// Reads blocks at random places of a block device, before and after an erasure, so that a device that reports an
/// erasure and did not erase is detected.
///
/// If a device kept a share f of its content, n samples all miss that share with probability (1 − f)ⁿ.
struct SampleCheck: Sendable {
    static let blockSize = 4096

    let root: SysfsRoot
    /// `/dev/nvme0n1`.
    let path: String
    /// Bytes.
    let size: UInt64
    let seed: UInt64
    let count: Int

    /// What an erasure must have done to the blocks.
    enum Demand: Sendable {
        /// All bytes are 00, or all are ff.
        case blank
        /// As `blank`, or, when the key was erased, different from before.
        case changed
    }

    struct Sample: Sendable {
        let place: UInt64
        let bytes: [UInt8]

        var isBlank: Bool {
            guard let first = bytes.first, first == 0 || first == 0xff else { return false }
            return bytes.allSatisfy { $0 == first }
        }
    }

    /// The first and the last block, and others at random; in ascending order, without duplicates.
    var places: [UInt64] {
        Self.spread(count, over: size / UInt64(Self.blockSize), seed: seed)
    }

    /// `count` of the numbers below `blocks`, including the first and the last; in ascending order, without duplicates.
    static func spread(_ count: Int, over blocks: UInt64, seed: UInt64) -> [UInt64] {
        guard blocks > 0 else { return [] }
        var places: Set<UInt64> = [0, blocks - 1]
        var numbers = SplitMix64(seed: seed)
        let wanted = min(UInt64(count), blocks)
        while UInt64(places.count) < wanted { places.insert(numbers.next() % blocks) }
        return places.sorted()
    }

    /// Reads all samples from the medium, bypassing the page cache, on a thread that may block.
    func read() async throws(DriverFault) -> [Sample] {
        do {
            return try await Blocking.run { () throws(TreeFault) in
                var samples: [Sample] = []
                for place in places {
                    let bytes = try root.medium(path, offset: Int(place) * Self.blockSize, size: Self.blockSize)
                    guard bytes.count == Self.blockSize else { throw TreeFault(path, .invalid) }
                    samples.append(Sample(place: place, bytes: bytes))
                }
                return samples
            }
        } catch {
            throw DriverFault("The device could not be read for proof of its erasure: \(error).")
        }
    }

    /// The places whose content does not meet the demand.
    static func remains(_ before: [Sample], _ after: [Sample], _ demand: Demand) -> [UInt64] {
        let old = Dictionary(before.map { ($0.place, $0) }, uniquingKeysWith: { first, _ in first })
        return after.filter { sample in
            if sample.isBlank { return false }
            switch demand {
            case .blank: return true
            case .changed: return old[sample.place].map { $0.bytes == sample.bytes || $0.isBlank } ?? true
            }
        }.map(\.place)
    }
}
