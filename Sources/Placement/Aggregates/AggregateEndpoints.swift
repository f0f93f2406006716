import API
import HTTPTypes
import Model
import Store

/// `/resource_providers/{uuid}/aggregates`.
struct AggregateEndpoints: Sendable {
    let state: PlacementState

    private static let provider = PathParameters.provider
    private static let guarded = Schema.fields(
        .required("aggregates", .uniqueUUIDs), .required("resource_provider_generation", .generation))
    private static let answer = Schema.fields(
        .required("aggregates", .uniqueUUIDs),
        .optional("resource_provider_generation", .generation, since: .guardedAggregates))

    private struct Body: Decodable, Sendable {
        let aggregates: [AggregateID]
        let generation: Int

        enum CodingKeys: String, CodingKey {
            case aggregates
            case generation = "resource_provider_generation"
        }
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/resource_providers/\(Self.provider)/aggregates", "List a provider's aggregates",
                since: .aggregates, query: .anything,
                access: .rule("placement:resource_providers:aggregates:list"), answers: .schema(Self.answer),
                faults: [.notFound]
            ) { call in
                let id = try call[Self.provider]
                let (generation, aggregates) = try await state.read { transaction in
                    let provider = try ProviderBook.get(id, in: transaction)
                    return (provider.generation, try Self.aggregates(of: id, in: transaction))
                }
                return answer(aggregates.sorted(), generation, call)
            },
            Endpoint(
                .put, "/resource_providers/\(Self.provider)/aggregates", "Replace a provider's aggregates",
                since: .aggregates, before: .guardedAggregates, query: .none, body: [AggregateID].self,
                schema: .uniqueUUIDs, access: .rule("placement:resource_providers:aggregates:update"),
                answers: .schema(Self.answer), faults: [.notFound, .conflict]
            ) { call, body in try await replace(body, from: nil, call) }.of(provider),
            Endpoint(
                .put, "/resource_providers/\(Self.provider)/aggregates", "Replace a provider's aggregates",
                since: .guardedAggregates, query: .none, body: Body.self, schema: Self.guarded,
                access: .rule("placement:resource_providers:aggregates:update"), answers: .schema(Self.answer),
                faults: [.notFound, .conflict]
            ) { call, body in try await replace(body.aggregates, from: body.generation, call) }.of(provider),
        ]
    }

    private func provider(_ call: Call) async throws {
        let id = try call[Self.provider]
        _ = try await state.read { try ProviderBook.get(id, in: $0) }
    }

    private static func aggregates(
        of id: ResourceProviderID, in transaction: any Transaction
    ) throws -> Set<AggregateID> {
        Set(
            try transaction.all("SELECT aggregate FROM provider_aggregates WHERE provider = \(id)") { row in
                try row[0]
            })
    }

    private func replace(_ aggregates: [AggregateID], from seen: Int?, _ call: Call) async throws -> Reply {
        let id = try call[Self.provider]
        let wanted = Set(aggregates)
        let generation = try await state.write { ledger in
            let transaction = ledger.transaction
            let provider = try ProviderBook.get(id, in: transaction)
            if let seen, provider.generation != seen { throw PlacementFault.generationConflict() }
            let present = try Self.aggregates(of: id, in: transaction)
            let dropped = present.subtracting(wanted)
            if !dropped.isEmpty {
                try transaction.execute(
                    "DELETE FROM provider_aggregates WHERE provider = \(id) AND aggregate IN \(list: dropped.sorted())")
            }
            for aggregate in wanted.subtracting(present).sorted() {
                try transaction.execute(
                    "INSERT INTO provider_aggregates (provider, aggregate) VALUES (\(id), \(aggregate))")
            }
            if let seen { return try ledger.advance(id, from: seen) }
            try ledger.touch(id)
            return provider.generation
        }
        return answer(aggregates, generation, call)
    }

    private func answer(_ aggregates: [AggregateID], _ generation: Int, _ call: Call) -> Reply {
        var json = JSONWriter()
        json.object { json in
            json.member("aggregates") { json in
                json.array(aggregates) { json, aggregate in json.value("\(aggregate)") }
            }
            if call.version >= .guardedAggregates { json.member("resource_provider_generation", generation) }
        }
        return call.json(json)
    }
}
