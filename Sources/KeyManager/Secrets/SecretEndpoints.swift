import API
import Conventions
import HTTPTypes
import Model
import Store

/// `/v1/secrets`: what secrets are. What they hold is in `PayloadEndpoints`.
///
/// A new secret heeds no idempotency key: a digest of its body, which such a key leaves in the database, would tell a short payload.
struct SecretEndpoints: Sendable {
    let vault: SecretVault
    let options: KeyManagerOptions
    let ids: IDSource

    static let id = PathParameter<SecretID>(
        "secret_id", "The secret's id", malformed: .notFound, refusal: { _ in "Secret not found." })

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/secrets", "List secrets", query: SecretFilter.rules, access: .rule("secrets:get"),
                answers: .json(SecretListView.self)
            ) { call in try await list(call) },
            Endpoint(
                .post, "/v1/secrets", "Store a secret", query: .anything, body: NewSecret.self,
                access: .rule("secrets:post"), answers: .json(SecretReference.self, status: 201).sending(.location)
            ) { (call: Call, body: NewSecret) in try await create(call, body) },
            Endpoint(
                .get, "/v1/secrets/\(Self.id)", "Show a secret", query: .anything,
                access: .ruleInHandler("secret:get"), answers: .json(SecretView.self)
            ) { call in
                let secret = try await vault.record(try call[Self.id], for: call.caller)
                try call.authorize("secret:get", target: secret.target)
                return try .json(SecretView(secret, SecretAddress(call)))
            },
            Endpoint(
                .delete, "/v1/secrets/\(Self.id)", "Delete a secret", query: .anything,
                access: .ruleInHandler("secret:delete"), answers: .empty()
            ) { call in
                let secret = try await vault.record(try call[Self.id], for: call.caller)
                try call.authorize("secret:delete", target: secret.target)
                try await vault.delete(secret, for: call.caller)
                return .empty()
            },
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let page = try SecretPage(call, standard: options.pageSize, most: options.largestPage)
        let filter = try SecretFilter(call)
        let address = SecretAddress(call)
        let project = try project(call)
        let now = vault.time.now()
        // Also of administrators only their own project's, as in Barbican.
        let conditions = filter.within(SecretBook.visible(.project(project), at: now))
        let found = try await vault.store.read { transaction in
            try SecretBook.list(
                conditions, order: filter.order, limit: page.limit, offset: page.offset, in: transaction)
        }
        return try .json(
            SecretListView(
                secrets: found.records.map { SecretView($0, address) }, total: found.total,
                next: page.next(of: found.total, address), previous: page.previous(address)))
    }

    private func create(_ call: Call, _ body: NewSecret) async throws -> Reply {
        let project = try project(call)
        let secret = try body.record(ids.next(), of: project, by: call.caller.user, at: vault.time.now())
        let payload = try body.content(most: options.largestSecret)
        try await vault.insert(secret, payload) { [most = options.mostSecrets] transaction in
            guard most >= 0, try SecretBook.count(of: project, in: transaction) >= most else { return }
            throw Fault.forbidden(
                "Quota reached for project \(project). Only \(most) secrets are allowed; delete one first.")
        }
        let reference = SecretAddress(call).of(secret.id)
        return try .json(SecretReference(reference: reference), status: 201, headers: [.location: reference])
    }

    private func project(_ call: Call) throws(Fault) -> ProjectID {
        guard let project = call.caller.project else {
            throw .forbidden("Secrets belong to projects; use a token of a project.")
        }
        return project
    }
}
