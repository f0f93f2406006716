/// Which group has which name. Groups that differ in traits alone share the beginning of their names and are numbered; a number once
/// given stays, whatever comes and goes beside it.
public struct GroupNames: Sendable, Codable, Equatable {
    /// By the name's beginning, then by the traits.
    private var given: [String: [String: String]] = [:]

    public init() {}

    /// A name for each set of traits of one beginning. One that was never seen takes the place of one that is gone: then it is most
    /// likely the same devices with other traits.
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
