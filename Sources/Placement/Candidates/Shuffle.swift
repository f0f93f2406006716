import Model

/// The chance by which candidates are sampled: SplitMix64, seeded by an id.
struct Shuffle: RandomNumberGenerator {
    private var state: UInt64

    init<Kind>(seed: UniqueID<Kind>) {
        // FNV-1a, so that no bit of the id is lost.
        state = "\(seed)".utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
