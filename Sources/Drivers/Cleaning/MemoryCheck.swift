import Host
import Model

/// Writes a pattern into a function's memory before it is reset and looks for it afterwards, so that a card whose memory outlives
/// its reset is found out.
///
/// A card that keeps a share f of its memory is missed by n samples with probability (1 − f)ⁿ. It says nothing of memory that the
/// region does not show.
///
/// Safe: the bytes of a number are copied within the closure.
struct MemoryCheck: Sendable {
    /// Bytes of a sample.
    static let sampleSize = 64

    let root: SysfsRoot
    /// `…/resource2`.
    let path: String
    /// Bytes of the region.
    let size: UInt64
    let seed: UInt64
    let count: Int

    /// The first and the last piece of the region and others at random, in order.
    var places: [Int] {
        SampleCheck.spread(count, over: size / UInt64(Self.sampleSize), seed: seed).map { Int($0) * Self.sampleSize }
    }

    /// The bytes that are written at a place. They differ for each place and each cleaning.
    func pattern(at place: Int) -> [UInt8] {
        // The place's own number first: seeds that follow one another would begin the same sequence one step apart.
        var places = SplitMix64(seed: UInt64(place))
        var numbers = SplitMix64(seed: seed ^ places.next())
        return (0..<Self.sampleSize / 8).flatMap { _ in
            unsafe withUnsafeBytes(of: numbers.next()) { unsafe Array($0) }
        }
    }

    /// Writes the pattern. Throws if the region does not hold what is written to it.
    func plant() async throws(DriverFault) {
        let pieces = places.map { (place: $0, bytes: pattern(at: $0)) }
        try await reaching { () throws(TreeFault) in try root.setMemory(path, pieces: pieces) }
        let kept = try await found()
        guard kept.count == pieces.count else {
            throw DriverFault(
                "\(path) kept \(kept.count) of \(pieces.count) pieces that were written to it: it is no memory. Name another "
                    + "memory_region in device_spec, or remove that key.")
        }
    }

    /// The places where the pattern is still found.
    func found() async throws(DriverFault) -> [Int] {
        let places = places
        let pieces = try await reaching { () throws(TreeFault) in
            try root.memory(path, places: places, size: Self.sampleSize)
        }
        return zip(places, pieces).filter { $1 == pattern(at: $0) }.map(\.0)
    }

    private func reaching<Value: Sendable>(
        _ body: @escaping @Sendable () throws(TreeFault) -> Value
    ) async throws(DriverFault) -> Value {
        do {
            return try await Blocking.run(body)
        } catch {
            throw DriverFault("The device's memory cannot be reached for proof of its cleaning: \(error).")
        }
    }
}
