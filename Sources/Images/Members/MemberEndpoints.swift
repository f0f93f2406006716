import API
import HTTPTypes
import Model
import Store

/// `/v2/images/{image_id}/members`: the projects with which an image is shared.
struct MemberEndpoints: Sendable {
    let store: any StateStore
    let options: ImageOptions
    let time: TimeSource

    private static let member = PathParameter<ProjectID>("member_id", "The id of the project")

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/images/\(ImageEndpoints.id)/members", "List the members of an image", query: .anything,
                access: .ruleInHandler("get_members"), answers: .json(MemberListView.self)
            ) { call in try await list(call) },
            Endpoint(
                .post, "/v2/images/\(ImageEndpoints.id)/members", "Share an image with a project", query: .anything,
                body: NewMember.self, access: .ruleInHandler("add_member"), answers: .json(MemberView.self),
                faults: [.conflict]
            ) { call, body in try await create(call, body) },
            Endpoint(
                .get, "/v2/images/\(ImageEndpoints.id)/members/\(Self.member)", "Show a member of an image",
                query: .anything, access: .ruleInHandler("get_member"), answers: .json(MemberView.self)
            ) { call in try await show(call) },
            Endpoint(
                .put, "/v2/images/\(ImageEndpoints.id)/members/\(Self.member)", "Accept or reject an image",
                query: .anything, body: MemberDecision.self, access: .ruleInHandler("modify_member"),
                answers: .json(MemberView.self)
            ) { call, body in try await update(call, body) },
            Endpoint(
                .delete, "/v2/images/\(ImageEndpoints.id)/members/\(Self.member)",
                "End the sharing of an image with a project", query: .anything,
                access: .ruleInHandler("delete_member"), answers: .empty()
            ) { call in try await delete(call) },
        ]
    }

    /// Of a new member.
    struct NewMember: Decodable, Sendable, SchemaProviding {
        let member: ProjectID

        static let schema = Schema.object(
            ObjectSchema(
                [
                    .init(
                        "member",
                        .text(minLength: 1, maxLength: ImageSchema.longestText, pattern: nil, format: nil))
                ], others: .ignored))
    }

    /// What a member says. The command line sends its own id besides.
    struct MemberDecision: Decodable, Sendable, SchemaProviding {
        let status: String

        static let schema = Schema.object(
            ObjectSchema(
                [.init("status", .oneOfTexts(MemberStatus.allCases.map(\.rawValue)))], others: .ignored))
    }

    private func list(_ call: Call) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let access = ImageAccess(call)
        let members = try await store.read { transaction -> [ImageMember] in
            let image = try ImageBook.get(id, access.scope, in: transaction)
            try Self.checkSharing(image)
            try access.check("get_members", image)
            return try MemberBook.list(of: image, for: access.scope, in: transaction)
        }
        return try .json(MemberListView(members))
    }

    private func create(_ call: Call, _ body: NewMember) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let access = ImageAccess(call)
        let member = ImageMember(image: id, member: body.member, at: time.now())
        try await store.write { [options] transaction in
            let image = try ImageBook.get(id, access.scope, in: transaction)
            try Self.checkSharing(image)
            try access.check("add_member", image)
            guard try MemberBook.insert(member, in: transaction) else {
                throw Fault.conflict("Member \(body.member.text.shown) is duplicated for image \(id)")
            }
            try ImageQuotas(options: options).check(members: try MemberBook.count(of: id, in: transaction))
        }
        return try .json(MemberView(member))
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let name = try call[Self.member]
        let access = ImageAccess(call)
        let member = try await store.read { transaction -> ImageMember in
            let image = try ImageBook.get(id, access.scope, in: transaction)
            // Who may not see the members learns nothing of them.
            guard image.visibility == .shared, access.allows("get_member", image),
                let member = try MemberBook.find(name, of: image, for: access.scope, in: transaction)
            else { throw Self.unknown(name, id) }
            return member
        }
        return try .json(MemberView(member))
    }

    private func update(_ call: Call, _ body: MemberDecision) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let name = try call[Self.member]
        guard let status = MemberStatus(rawValue: body.status) else {
            throw Fault.badRequest("Status not in [pending, accepted, rejected]", field: "status")
        }
        let access = ImageAccess(call)
        let now = time.now()
        let member = try await store.write { transaction -> ImageMember in
            let image = try ImageBook.get(id, access.scope, in: transaction)
            try Self.checkSharing(image)
            guard var member = try MemberBook.find(name, of: image, for: access.scope, in: transaction) else {
                throw Self.unknown(name, id)
            }
            try access.check("modify_member", image)
            member.status = status
            member.updated = now
            try MemberBook.save(member, in: transaction)
            return member
        }
        return try .json(MemberView(member))
    }

    private func delete(_ call: Call) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let name = try call[Self.member]
        let access = ImageAccess(call)
        try await store.write { transaction in
            let image = try ImageBook.get(id, access.scope, in: transaction)
            try Self.checkSharing(image)
            guard let member = try MemberBook.find(name, of: image, for: access.scope, in: transaction) else {
                throw Self.unknown(name, id)
            }
            try access.check("delete_member", image)
            try MemberBook.delete(member, in: transaction)
        }
        return .empty()
    }

    private static func checkSharing(_ image: Image) throws(Fault) {
        guard image.visibility == .shared else { throw .forbidden("Only shared images have members.") }
    }

    private static func unknown(_ member: ProjectID, _ image: ImageID) -> Fault {
        .notFound("\(member.text.shown) not found in the member list of the image \(image).")
    }
}
