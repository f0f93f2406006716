/// Functions that are offered, claimed and cleaned as one unit.
public struct GroupTarget: Hashable, Sendable {
    /// The group's name in the host's configuration; nil where the pairs have none.
    public let name: String?
    /// At least one, in the group's order.
    public let members: [PCIAddress]

    public init(_ name: String?, members: [PCIAddress]) {
        self.name = name
        self.members = members
    }

    static let membersKey = "members"

    /// Takes the name and the members; nil unless every member is written as an address writes itself.
    init?(taking pairs: inout [String: String]) {
        guard let list = pairs.removeValue(forKey: Self.membersKey) else { return nil }
        var members: [PCIAddress] = []
        for text in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let member = PCIAddress(String(text)), member.description == text else { return nil }
            members.append(member)
        }
        self.init(pairs.removeValue(forKey: "group"), members: members)
    }

    var pairs: [String: String] {
        var pairs = [Self.membersKey: members.map(\.description).joined(separator: ",")]
        pairs["group"] = name
        return pairs
    }
}
