/// The names of groups. Groups that differ only in traits share the beginning of their names and are numbered. A number
/// that was given stays, whatever other groups come and go.
public struct GroupNames: Sendable, Codable, Equatable {
    /// By the beginning of the name, then by the traits.
    private var given: [String: [String: String]] = [:]

    public init() {}

    /// Returns a name for each set of traits with one beginning. A new set takes the number of a set that disappeared,
    /// because that is most likely the same devices with other traits.
    mutating func names(_ base: String, _ traits: [String]) -> [String: String] {
        let known = given[base] ?? [:]
        var names = known.filter { traits.contains($0.key) }
        var free = known.filter { !traits.contains($0.key) }.values.sorted()
        var taken = Set(names.values).union(free)
        for word in traits where names[word] == nil {
            if free.isEmpty {
                var (name, number) = (base, 2)
                while !taken.insert(name).inserted {
                    name = "\(base)_\(number)"
                    number += 1
                }
                names[word] = name
            } else {
                names[word] = free.removeFirst()
            }
        }
        // What is gone keeps its name, unless it was taken.
        let kept = known.filter { names[$0.key] == nil && free.contains($0.value) }
        given[base] = names.merging(kept) { ours, _ in ours }
        return names
    }
}
