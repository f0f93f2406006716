import API
import HTTPTypes
import Model
import Store

/// `/allocations`: the allocations of consumers.
struct AllocationEndpoints: Sendable {
    let state: PlacementState
    let options: PlacementOptions

    private static let consumer = PathParameters.consumer
    private static let answer = Schema.fields(
        .required(
            "allocations",
            .map(nil, .fields(.required("resources", .counts), .required("generation", .integer)))),
        .optional("project_id", .string, since: .keyedAllocations),
        .optional("user_id", .string, since: .keyedAllocations),
        .optional("consumer_generation", .nullable(.integer), since: .consumerGenerations),
        .optional("consumer_type", .nullable(.string), since: .consumerTypes))

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/allocations/\(Self.consumer)", "List a consumer's allocations", query: .anything,
                access: .rule("placement:allocations:list"), answers: .schema(Self.answer)
            ) { call in try await show(call) },
            Endpoint(
                .get, "/allocations", "Refuse to list all allocations", query: .anything,
                access: .rule("placement:allocations:list"), faults: [.methodNotAllowed]
            ) { _ in
                throw Fault(
                    .methodNotAllowed, "The method GET is not allowed for this resource.",
                    headers: [Fault.Header("Allow", "POST")])
            },
            write(before: .owners, ClaimSchema.v0), write(since: .owners, before: .keyedAllocations, ClaimSchema.v8),
            write(since: .keyedAllocations, before: .consumerGenerations, ClaimSchema.v12),
            write(since: .consumerGenerations, before: .mappings, ClaimSchema.v28),
            write(since: .mappings, before: .consumerTypes, ClaimSchema.v34),
            write(since: .consumerTypes, ClaimSchema.v38),
            writeMany(since: .manyConsumers, before: .consumerGenerations, ClaimSchema.v13),
            writeMany(since: .consumerGenerations, before: .mappings, ClaimSchema.v28),
            writeMany(since: .mappings, before: .consumerTypes, ClaimSchema.v34),
            writeMany(since: .consumerTypes, ClaimSchema.v38),
            Endpoint(
                .delete, "/allocations/\(Self.consumer)", "Delete a consumer's allocations", query: .none,
                access: .rule("placement:allocations:delete"), answers: .empty(), faults: [.notFound]
            ) { call in
                let text = try call[Self.consumer]
                guard let id = ConsumerID(text),
                    try await state.write({ try ClaimBook(ledger: $0).release(id) })
                else { throw Fault.notFound("No allocations for consumer '\(text.prefix(80))'.") }
                return .empty()
            },
        ]
    }

    private func write(since: APIVersion? = nil, before: APIVersion? = nil, _ schema: Schema) -> Endpoint {
        Endpoint(
            .put, "/allocations/\(Self.consumer)", "Replace a consumer's allocations", since: since,
            before: before, query: .none, body: ClaimBody.self, schema: schema,
            access: .rule("placement:allocations:update"), answers: .empty(), faults: [.conflict]
        ) { call, body in
            let text = try call[Self.consumer]
            guard let id = ConsumerID(text) else {
                throw Fault.badRequest(
                    "Malformed consumer_uuid: \(text.prefix(80)); it must be a UUID.", field: "consumer_uuid")
            }
            let claim = try body.claim(of: id, call.version, options)
            try await state.claim([claim])
            return .empty()
        }
    }

    private func writeMany(since: APIVersion, before: APIVersion? = nil, _ schema: Schema) -> Endpoint {
        Endpoint(
            .post, "/allocations", "Replace the allocations of several consumers at once", since: since,
            before: before, query: .none, body: [String: ClaimBody].self,
            schema: ClaimSchema.many(schema), access: .rule("placement:allocations:manage"), answers: .empty(),
            faults: [.conflict]
        ) { call, body in
            try await state.claim(try Self.claims(body, call.version, options))
            return .empty()
        }
    }

    /// The claims in a body with several consumers, in a fixed order.
    static func claims(
        _ body: [String: ClaimBody], _ version: Microversion, _ options: PlacementOptions
    ) throws(Fault) -> [ConsumerClaim] {
        var claims: [ConsumerClaim] = []
        for (text, part) in body.sorted(by: { $0.key < $1.key }) {
            guard let id = ConsumerID(text) else {
                throw .badRequest("'\(text.prefix(80))' is not a UUID, which a consumer's id must be.", field: text)
            }
            claims.append(try part.claim(of: id, version, options))
        }
        return claims
    }

    private func show(_ call: Call) async throws -> Reply {
        guard let id = ConsumerID(try call[Self.consumer]) else {
            return answer(ConsumerView(), call)
        }
        return answer(try await state.read { try ConsumerView(id, in: $0) }, call)
    }

    private func answer(_ view: ConsumerView, _ call: Call) -> Reply {
        var json = JSONWriter()
        json.object { json in
            json.member("allocations") { json in
                json.object { json in
                    for holding in view.holdings {
                        json.member("\(holding.provider)") { json in holding.write(to: &json) }
                    }
                }
            }
            guard !view.holdings.isEmpty else { return }
            if call.version >= .keyedAllocations {
                json.member("project_id", view.project)
                json.member("user_id", view.user)
            }
            if call.version >= .consumerGenerations { json.member("consumer_generation", view.generation) }
            if call.version >= .consumerTypes { json.member("consumer_type", view.type ?? "unknown") }
        }
        return call.json(json, modified: view.changedAt)
    }
}
