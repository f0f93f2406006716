/// How large the parts of an object are whose size nobody knows in advance: a store takes at most 10,000, so that they grow as they become
/// many.
struct PartSizes: Sendable {
    private let first: Int

    /// - Parameter first: in bytes, of the first 2,000 parts
    init(first: Int) {
        self.first = first
    }

    /// Parts of one size.
    private static let stretch = 2000
    static let mostParts = 10_000

    /// - Parameter number: of the part, from 1
    func size(of number: Int) -> Int { first << ((number - 1) / Self.stretch) }
}
