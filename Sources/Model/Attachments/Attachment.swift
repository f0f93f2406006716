/// The content of an attach handle: what a consumer attaches, and what it must know beside that.
///
/// The wire and the database have it as a type and a map of texts. The map's text is a key in the database, so that
/// reading and writing keep every byte: a target is read only from pairs in exactly the form in which it is written,
/// and all other pairs are kept.
public struct Attachment: Hashable, Sendable {
    public let target: AttachTarget
    /// Pairs that do not name the target, such as `managed` and `physical_network`.
    public let details: [String: String]

    /// Reads the pairs of the wire.
    public init(_ type: AttachHandleType, _ info: [String: String]) {
        var rest = info
        if let target = AttachTarget(type, taking: &rest) {
            self.target = target
            details = rest
        } else {
            target = .other(type, info)
            details = [:]
        }
    }

    /// - Parameter details: of keys that name the target, the target's own pairs count
    public init(_ target: AttachTarget, details: [String: String] = [:]) {
        // Read again, so that one content has one value whatever the details are.
        self.init(target.type, target.pairs.merging(details) { own, _ in own })
    }

    public var type: AttachHandleType { target.type }

    /// The pairs of the wire.
    public var info: [String: String] { target.pairs.merging(details) { own, _ in own } }

    /// The function that a handle is or belongs to: of a group the first, of a mediated device its parent.
    public var address: PCIAddress? { Self.address(of: target) ?? PCIAddress(attachInfo: info) }

    private static func address(of target: AttachTarget) -> PCIAddress? {
        switch target {
        case .pci(let address): address
        case .mdev(let device): if case .function(let address) = device.parent { address } else { nil }
        case .nvme(let namespace): namespace.controller
        case .block(let device): device.function
        case .group(_, let unit): address(of: unit)
        case .usb, .cxl, .other: nil
        }
    }

    /// The functions of a group; nil if it is none.
    public var members: [PCIAddress]? {
        switch target {
        case .group(let group, _):
            return group.members
        case .other(_, var pairs):
            return GroupTarget(taking: &pairs)?.members
        case .pci, .mdev, .nvme, .block, .usb, .cxl:
            return nil
        }
    }

    /// The text of a group's members that cannot be read; nil if it can, or if it is no group.
    public var unreadMembers: String? {
        guard members == nil, case .other(_, let pairs) = target else { return nil }
        return pairs[GroupTarget.membersKey]
    }

    /// The vendor's or kernel's type that a part of a device is made of; nil for a whole device.
    public var askedType: String? {
        if case .mdev(let device) = target { return device.type }
        return detail("asked_type")
    }

    /// Whether it goes to no second tenant until an operator releases it.
    public var isForOneUse: Bool { detail("one_time_use") == "true" }

    private func detail(_ key: String) -> String? {
        if case .other(_, let pairs) = target { return pairs[key] }
        return details[key]
    }
}
