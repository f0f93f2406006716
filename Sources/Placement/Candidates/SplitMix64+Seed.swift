import Model

extension SplitMix64 {
    /// A generator seeded with an id.
    init<Kind>(seed id: UniqueID<Kind>) {
        // FNV-1a, so that no bit of the id is lost.
        self.init(seed: "\(id)".utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    }
}
