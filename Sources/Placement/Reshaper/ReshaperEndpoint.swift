import API
import HTTPTypes
import Model
import Store

/// `/reshaper`: replaces inventories and allocations of several providers and consumers at once, so that resources
/// can move between providers of a tree while they are in use.
struct ReshaperEndpoint: Sendable {
    let state: PlacementState
    let options: PlacementOptions

    private struct Body: Decodable, Sendable {
        let inventories: [String: InventoriesBody]
        let allocations: [String: ClaimBody]
    }

    var all: [Endpoint] {
        [
            endpoint(since: .reshaper, before: .mappings, ClaimSchema.v28),
            endpoint(since: .mappings, before: .consumerTypes, ClaimSchema.v34),
            endpoint(since: .consumerTypes, ClaimSchema.v38),
        ]
    }

    private func endpoint(since: APIVersion, before: APIVersion? = nil, _ claims: Schema) -> Endpoint {
        Endpoint(
            .post, "/reshaper", "Replace inventories and allocations together", since: since,
            before: before, query: .none, body: Body.self,
            schema: .fields(
                .required("inventories", .map(Schema.uuidPattern, InventoriesBody.schema, atLeast: 1)),
                .required("allocations", ClaimSchema.many(claims, atLeast: 0))),
            access: .rule("placement:reshaper:reshape"), answers: .empty(), faults: [.conflict]
        ) { call, body in
            let claims = try AllocationEndpoints.claims(body.allocations, call.version, options)
            try await state.write { ledger in
                var inventories: [(ResourceProviderID, Int, [ResourceClass: Inventory])] = []
                for (text, body) in body.inventories {
                    guard let id = ResourceProviderID(text) else { throw Reshaper.unknown(text) }
                    inventories.append((id, body.generation, body.byClass))
                }
                try Reshaper.reshape(inventories, claims, in: ledger)
            }
            return .empty()
        }
    }
}
