import API
import HTTPTypes
import Model
import Store

/// The tags of a project, one by one and together.
struct ProjectTagEndpoints: Sendable {
    let context: IdentityContext
    private let id = PathParameter<ProjectID>("project_id", "The project.", malformed: .notFound)
    private let tag = PathParameter<String>("tag", "The tag.", malformed: .notFound)

    init(context: IdentityContext) {
        self.context = context
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/projects/\(id)/tags", "List the tags of a project", query: .anything,
                access: .ruleInHandler("identity:list_project_tags"), answers: .many("tags"), faults: [.notFound]
            ) { call in reply(call, try await project(call, "identity:list_project_tags").tagList) },
            Endpoint(
                .put, "/v3/projects/\(id)/tags", "Replace the tags of a project", body: JSONValue.self,
                schema: .object(ObjectSchema([.required("tags", .tags)], others: .ignored)),
                access: .ruleInHandler("identity:update_project_tags"), answers: .many("tags"), faults: [.notFound]
            ) { call, body in
                let old = try await project(call, "identity:update_project_tags")
                let tags = (Fields(body).elements("tags") ?? []).compactMap(\.text)
                try await store(tags, old)
                return reply(call, tags)
            },
            Endpoint(
                .delete, "/v3/projects/\(id)/tags", "Delete the tags of a project",
                access: .ruleInHandler("identity:delete_project_tags"), answers: .empty(), faults: [.notFound]
            ) { call in
                try await store([], try await project(call, "identity:delete_project_tags"))
                return .empty()
            },
            Endpoint(
                .get, "/v3/projects/\(id)/tags/\(tag)", "Check a tag of a project",
                access: .ruleInHandler("identity:get_project_tag"), answers: .empty(), faults: [.notFound]
            ) { call in
                let tag = try call[tag]
                guard try await project(call, "identity:get_project_tag").tagList.contains(where: { $0.isExactly(tag) })
                else {
                    throw Fault.missing("project tag", tag)
                }
                return .empty()
            },
            Endpoint(
                .put, "/v3/projects/\(id)/tags/\(tag)", "Add a tag to a project",
                access: .ruleInHandler("identity:create_project_tag"), answers: .empty(201), faults: [.notFound]
            ) { call in
                let tag = try call[tag]
                let old = try await project(call, "identity:create_project_tag")
                var tags = old.tagList
                guard tag.unicodeScalars.count <= 255, !tag.contains(where: { $0 == "," || $0 == "/" }) else {
                    throw Fault.badRequest(
                        "A tag must be 1 to 255 characters long, without commas and slashes.", field: "tag")
                }
                if !tags.contains(where: { $0.isExactly(tag) }) {
                    guard tags.count < ProjectTags.most else {
                        throw Fault.badRequest(
                            "A project can have no more than \(ProjectTags.most) tags.", field: "tag")
                    }
                    tags.append(tag)
                    try await store(tags, old)
                }
                return .empty(201)
            },
            Endpoint(
                .delete, "/v3/projects/\(id)/tags/\(tag)", "Take a tag from a project",
                access: .ruleInHandler("identity:delete_project_tag"), answers: .empty(), faults: [.notFound]
            ) { call in
                let tag = try call[tag]
                let old = try await project(call, "identity:delete_project_tag")
                guard old.tagList.contains(where: { $0.isExactly(tag) }) else {
                    throw Fault.missing("project tag", tag)
                }
                try await store(old.tagList.filter { !$0.isExactly(tag) }, old)
                return .empty()
            },
        ]
    }

    private func project(_ call: Call, _ rule: String) async throws -> Project {
        let id = try call[id]
        let found = try await context.read { transaction in try Project.find(id, in: transaction) }
        try call.authorize(rule, target: PolicyTarget(found?.target ?? [:]))
        guard let found else { throw Fault.missing("project", id) }
        return found
    }

    private func store(_ tags: [String], _ project: Project) async throws {
        if project.isImmutable { throw Fault.immutable("project", project.id) }
        let text = JSONValue.array(tags.map(JSONValue.text)).encoded
        try await context.write { transaction in
            try transaction.execute("UPDATE identity_projects SET tags = \(text) WHERE id = \(project.id)")
            try transaction.noteIdentity("project \(project.id)")
        }
    }

    private func reply(_ call: Call, _ tags: [String]) -> Reply {
        var json = JSONWriter()
        json.object { json in
            json.member("tags") { json in json.array(tags) { json, tag in json.value(tag) } }
            json.selfLink(of: call, base: context.base(call))
        }
        return .json(bytes: json.bytes)
    }
}

extension Project {
    fileprivate var tagList: [String] {
        if case .array(let values) = JSONValue(column: tags) { values.compactMap(\.text) } else { [] }
    }
}
