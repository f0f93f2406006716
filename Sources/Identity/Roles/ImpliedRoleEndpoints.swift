import API
import HTTPTypes
import Model
import Store

/// Implied roles: `admin` implies `manager`, which implies `member`, which implies `reader`.
struct ImpliedRoleEndpoints: Sendable {
    let context: IdentityContext
    private let prior = PathParameter<RoleID>("prior_role_id", "The role that implies the other.", malformed: .notFound)
    private let implied = PathParameter<RoleID>("implied_role_id", "The implied role.", malformed: .notFound)

    init(context: IdentityContext) {
        self.context = context
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/role_inferences", "List all implied roles",
                access: .rule("identity:list_role_inference_rules"), answers: .many("role_inferences")
            ) { call in try await inferences(call) },
            Endpoint(
                .get, "/v3/roles/\(prior)/implies", "List the roles that a role implies",
                access: .rule("identity:list_implied_roles"), answers: .one("role_inference"), faults: [.notFound]
            ) { call in try await list(call) },
            Endpoint(
                .get, "/v3/roles/\(prior)/implies/\(implied)", "Show that a role implies another",
                access: .rule("identity:get_implied_role"), answers: .one("role_inference"), faults: [.notFound]
            ) { call in
                let (prior, implied) = try await roles(call)
                guard try await exists(prior.id, implied.id) else { throw Self.missing(prior.id, implied.id) }
                return reply(call, prior, implied, status: 200)
            },
            Endpoint(
                .head, "/v3/roles/\(prior)/implies/\(implied)", "Check that a role implies another",
                access: .rule("identity:check_implied_role"), answers: .empty(), faults: [.notFound]
            ) { call in
                let (prior, implied) = try await roles(call)
                guard try await exists(prior.id, implied.id) else { throw Self.missing(prior.id, implied.id) }
                return .empty()
            },
            Endpoint(
                .put, "/v3/roles/\(prior)/implies/\(implied)", "Make a role imply another",
                access: .rule("identity:create_implied_role"), answers: .one("role_inference", status: 201),
                faults: [.notFound, .forbidden]
            ) { call in try await create(call) },
            Endpoint(
                .delete, "/v3/roles/\(prior)/implies/\(implied)", "Make a role no longer imply another",
                access: .rule("identity:delete_implied_role"), answers: .empty(), faults: [.notFound]
            ) { call in
                let (prior, implied) = (try call[prior], try call[implied])
                try await context.write { transaction in
                    let removed = try transaction.execute(
                        "DELETE FROM identity_implied_roles WHERE prior_id = \(prior) AND implied_id = \(implied)")
                    guard removed == 1 else { throw Self.missing(prior, implied) }
                    let lost = try RoleQueries.expanded([implied], in: transaction).map(\.id)
                    try CredentialUpkeep.removeUnfounded(
                        try CredentialUpkeep.find(.carriers(lost), in: transaction), in: transaction)
                    try transaction.noteIdentity("role \(prior)")
                }
                return .empty()
            },
        ]
    }

    private static func missing(_ prior: RoleID, _ implied: RoleID) -> Fault {
        .notFound("\(prior) does not imply \(implied).")
    }

    private func roles(_ call: Call) async throws -> (Role, Role) {
        let (prior, implied) = (try call[prior], try call[implied])
        return try await context.read { transaction in
            guard let first = try Role.find(prior, in: transaction) else { throw Fault.missing("role", prior) }
            guard let second = try Role.find(implied, in: transaction) else { throw Fault.missing("role", implied) }
            return (first, second)
        }
    }

    private func exists(_ prior: RoleID, _ implied: RoleID) async throws -> Bool {
        try await context.read { transaction in
            try transaction.exists(
                "SELECT 1 FROM identity_implied_roles WHERE prior_id = \(prior) AND implied_id = \(implied)")
        }
    }

    private func create(_ call: Call) async throws -> Reply {
        let (prior, implied) = try await roles(call)
        guard implied.name.lowercased() != "admin" else {
            throw Fault.forbidden("The role 'admin' cannot be implied by another.")
        }
        guard implied.domain == nil else {
            throw Fault.forbidden("A role of a domain cannot be implied by another.")
        }
        try await context.write { transaction in
            let follows = try RoleQueries.expanded([implied.id], in: transaction)
            guard prior.id != implied.id, !follows.contains(where: { $0.id == prior.id }) else {
                throw Fault.forbidden("\(implied.id) implies \(prior.id) already; a circle of roles is refused.")
            }
            try transaction.execute(
                """
                INSERT INTO identity_implied_roles (prior_id, implied_id) VALUES (\(prior.id), \(implied.id))
                ON CONFLICT (prior_id, implied_id) DO NOTHING
                """)
            try transaction.noteIdentity("role \(prior.id)")
        }
        return reply(call, prior, implied, status: 201)
    }

    private func reply(_ call: Call, _ prior: Role, _ implied: Role, status: Int) -> Reply {
        let base = context.base(call)
        var json = JSONWriter()
        json.object { json in
            json.member("role_inference") { json in
                json.object { json in
                    json.member("prior_role") { json in json.role(prior, base) }
                    json.member("implies") { json in json.role(implied, base) }
                }
            }
            json.selfLink(of: call, base: base)
        }
        return .json(bytes: json.bytes, status: status)
    }

    private func list(_ call: Call) async throws -> Reply {
        let id = try call[prior]
        let (prior, implied) = try await context.read { transaction -> (Role, [Role]) in
            guard let role = try Role.find(id, in: transaction) else { throw Fault.missing("role", id) }
            let implied = try transaction.all(
                """
                SELECT \(Role.columns) FROM identity_roles r
                JOIN identity_implied_roles i ON i.implied_id = r.id WHERE i.prior_id = \(id) ORDER BY r.name
                """
            ) { try Role($0) }
            return (role, implied)
        }
        let base = context.base(call)
        var json = JSONWriter()
        json.object { json in
            json.member("role_inference") { json in json.inference(prior, implied, base) }
            json.selfLink(of: call, base: base)
        }
        return .json(bytes: json.bytes)
    }

    private func inferences(_ call: Call) async throws -> Reply {
        let (roles, pairs) = try await context.read { transaction -> ([Role], [(RoleID, RoleID)]) in
            let roles = try transaction.all(
                """
                SELECT \(Role.columns) FROM identity_roles r WHERE r.id IN (SELECT prior_id FROM identity_implied_roles)
                    OR r.id IN (SELECT implied_id FROM identity_implied_roles) ORDER BY r.name
                """
            ) { try Role($0) }
            let pairs: [(RoleID, RoleID)] = try transaction.all(
                "SELECT prior_id, implied_id FROM identity_implied_roles"
            ) { row in (try row[0], try row[1]) }
            return (roles, pairs)
        }
        let implied = Dictionary(grouping: pairs, by: \.0).mapValues { Set($0.map(\.1)) }
        let base = context.base(call)
        var json = JSONWriter()
        json.object { json in
            json.member("role_inferences") { json in
                json.array(roles.filter { implied[$0.id] != nil }) { json, prior in
                    json.inference(prior, roles.filter { implied[prior.id]?.contains($0.id) == true }, base)
                }
            }
            json.links(of: call, base: base)
        }
        return .json(bytes: json.bytes)
    }
}

extension JSONWriter {
    fileprivate mutating func role(_ role: Role, _ base: String) {
        object { json in
            json.member("id", role.id.text)
            json.member("name", role.name)
            json.member("description", role.description)
            json.member("domain_id", role.domain?.text)
            json.member("links") { json in
                json.object { json in json.member("self", "\(base)/v3/\(role.selfPath)") }
            }
        }
    }

    fileprivate mutating func inference(_ prior: Role, _ implied: [Role], _ base: String) {
        object { json in
            json.member("prior_role") { json in json.role(prior, base) }
            json.member("implies") { json in json.array(implied) { json, role in json.role(role, base) } }
        }
    }
}
