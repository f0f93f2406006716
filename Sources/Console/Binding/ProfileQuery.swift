import Clients
import Model

/// The groups of a device profile as a query to Placement, and the provider of each group in a candidate.
struct ProfileQuery {
    private let groups: [[JSONValue.Member]]

    /// - Parameter profile: the profile as the accelerator service shows it
    init(_ profile: JSONValue) {
        groups = profile["groups"]?.elements?.map { $0.members ?? [] } ?? []
    }

    /// The suffix of a group's parameters in Placement, as the compute service forms it.
    private func suffix(_ group: Int) -> String { "_device_profile_\(group)" }

    /// The query of allocation candidates.
    ///
    /// - Parameter root: the root provider of the only tree to search
    func text(below root: String?) -> String {
        var terms: [String] = []
        var asking = 0
        for (number, group) in groups.enumerated() {
            let amounts = group.compactMap { entry in
                entry.name.hasPrefix("resources:")
                    ? entry.value.shownText.map { "\(entry.name.dropFirst("resources:".count)):\($0)" } : nil
            }
            guard !amounts.isEmpty else { continue }
            asking += 1
            terms.append("resources\(suffix(number))=\(amounts.joined(separator: ",").percentEncoded)")
            let traits = group.compactMap { entry -> String? in
                guard entry.name.hasPrefix("trait:") else { return nil }
                let name = String(entry.name.dropFirst("trait:".count))
                return entry.value.string == "forbidden" ? "!" + name : name
            }
            if !traits.isEmpty {
                terms.append("required\(suffix(number))=\(traits.joined(separator: ",").percentEncoded)")
            }
            if let root { terms.append("in_tree\(suffix(number))=\(root)") }
        }
        if asking > 1 { terms.append("group_policy=none") }
        return terms.joined(separator: "&")
    }

    /// The provider of a group in `candidate`.
    func provider(of group: Int, in candidate: JSONValue) -> String? {
        candidate["mappings"]?[suffix(group)]?.elements?.first?.string
    }
}

extension JSONValue {
    /// A string, or a number as a string.
    fileprivate var shownText: String? {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        default: nil
        }
    }
}
