import Conventions
import Model
import Store

/// A project with which an image is shared.
struct ImageMember: Sendable, Equatable {
    let image: ImageID
    /// Any text: it is not held against the identity service.
    let member: ProjectID
    var status: MemberStatus
    let created: Timestamp
    var updated: Timestamp

    static let columns: SQL = "m.image, m.member, m.status, m.created_at, m.updated_at"

    init(image: ImageID, member: ProjectID, at now: Timestamp) {
        self.image = image
        self.member = member
        status = .pending
        created = now
        updated = now
    }

    init(_ row: borrowing Row) throws {
        image = try row[0]
        member = try row[1]
        status = try row.word(2)
        created = try row[3]
        updated = try row[4]
    }
}

/// A member on the wire.
struct MemberView: Codable, Sendable {
    let member: String
    let image: String
    let status: String
    let created: String
    let updated: String
    let schema: String

    enum CodingKeys: String, CodingKey {
        case status, schema
        case member = "member_id"
        case image = "image_id"
        case created = "created_at"
        case updated = "updated_at"
    }

    init(_ member: ImageMember) {
        self.member = member.member.text
        image = member.image.description
        status = member.status.rawValue
        created = member.created.wire
        updated = member.updated.wire
        schema = "/v2/schemas/member"
    }
}

struct MemberListView: Codable, Sendable {
    let members: [MemberView]
    let schema: String

    init(_ members: [ImageMember]) {
        self.members = members.map { MemberView($0) }
        schema = "/v2/schemas/members"
    }
}
