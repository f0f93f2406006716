public import Model

/// Functions that lead to the same media: the controllers of a dual-ported drive, or two adapters on one shelf.
///
/// The holder of one of them can reach the data of another's holder, so they must be one unit or not be offered.
public struct SharedMedia: Sendable, Equatable {
    private struct Set: Sendable, Equatable {
        var members: [PCIAddress]
        /// What they share, such as `the drive with serial number S1`.
        var title: String
    }

    private var sets: [Set] = []
    private var places: [PCIAddress: [Int]] = [:]

    init() {}

    /// Records that all these functions lead to the media that `title` names.
    mutating func add(_ members: [PCIAddress], _ title: String) {
        let members = Swift.Set(members).sorted()
        guard members.count > 1, !sets.contains(where: { $0.members == members }) else { return }
        for member in members { places[member, default: []].append(sets.count) }
        sets.append(Set(members: members, title: title))
    }

    /// The other functions that lead to the same media.
    public func others(of address: PCIAddress) -> [PCIAddress] {
        let all = (places[address] ?? []).flatMap { sets[$0].members }
        return Swift.Set(all).subtracting([address]).sorted()
    }

    /// Why the function must not be given to a tenant, in words that follow its name. Nil if `unit`, the functions that
    /// are given together with it, contains all that lead to the same media.
    public func objection(to address: PCIAddress, in unit: Swift.Set<PCIAddress>) -> String? {
        for place in places[address] ?? [] {
            let outside = sets[place].members.filter { $0 != address && !unit.contains($0) }
            guard !outside.isEmpty else { continue }
            let names = outside.map(\.description).joined(separator: ", ")
            return
                "\(names) \(outside.count == 1 ? "leads" : "lead") to \(sets[place].title) as well, and whoever had the one would "
                + "reach what the holder of the other stores; give the device_spec entries of all of them the same 'group' to offer "
                + "them as one unit"
        }
        return nil
    }
}
