import FoundationEssentials
import Model

/// One function of a device group that a request holds, shown as a request of its own.
///
/// The compute service attaches one function for each request of a server. A group is one unit with one request and one
/// handle, whose content lists the members. Among the requests of one instance it is shown once for each member, so
/// that a compute service that does not know groups attaches them all.
struct GroupMember: Sendable, Equatable {
    /// For the first member, the request's own id.
    let id: AcceleratorRequestID
    let info: [String: String]

    /// A request as it is shown: as one member of a group that it holds, or as itself.
    struct Shown: Sendable {
        let request: AcceleratorRequest
        let member: GroupMember?
    }

    static func shown(of request: AcceleratorRequest) -> [Shown] {
        let members = request.holdsGroup ? all(of: request) : []
        return members.isEmpty
            ? [Shown(request: request, member: nil)] : members.map { Shown(request: request, member: $0) }
    }

    /// The members of the group that a request holds, in the group's order; empty if it holds no group.
    static func all(of request: AcceleratorRequest) -> [GroupMember] {
        guard let attachment = request.attachment, let addresses = attachment.members else { return [] }
        let info = attachment.info
        return addresses.enumerated().map { position, address in
            GroupMember(
                id: position == 0 ? request.id : id(of: request.id, position),
                info: info.merging(address.attachInfo) { _, own in own })
        }
    }

    /// Derived, so that it is always the same: a UUID of version 8 that contains the member's position. Nothing can be
    /// shown, bound or deleted with it.
    private static func id(of request: AcceleratorRequestID, _ position: Int) -> AcceleratorRequestID {
        var bytes = request.uuid.uuid
        bytes.6 = bytes.6 & 0x0f | 0x80
        bytes.14 ^= UInt8(truncatingIfNeeded: position >> 8)
        bytes.15 ^= UInt8(truncatingIfNeeded: position)
        return AcceleratorRequestID(UUID(uuid: bytes))
    }
}

extension AcceleratorRequest {
    /// Whether it is bound to a device group.
    var holdsGroup: Bool { state == .bound && attachment?.members != nil }
}
