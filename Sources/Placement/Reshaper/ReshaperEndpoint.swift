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
            endpoint(since: 30, until: 33, ClaimSchema.v28), endpoint(since: 34, until: 37, ClaimSchema.v34),
            endpoint(since: 38, ClaimSchema.v38),
        ]
    }

    private func endpoint(since: Int, until: Int? = nil, _ claims: Schema) -> Endpoint {
        Endpoint(
            .post, "/reshaper", "Replace inventories and allocations together", since: .placement(since),
            until: until.map { .placement($0) }, query: .anything, body: Body.self,
            schema: .fields(
                .required("inventories", .map(Schema.uuidPattern, InventoriesBody.schema, atLeast: 1)),
                .required("allocations", ClaimSchema.many(claims, atLeast: 0))),
            access: .rule("placement:reshaper:reshape"), answers: .empty(), faults: [.conflict]
        ) { call, body in
            let claims = try AllocationEndpoints.claims(body.allocations, call.version, options)
            try await state.write { ledger in try Self.reshape(body.inventories, claims, in: ledger) }
            return .empty()
        }
    }

    private static func reshape(
        _ wanted: [String: InventoriesBody], _ claims: [ConsumerClaim], in ledger: Ledger
    ) throws {
        var inventories: [(id: ResourceProviderID, body: InventoriesBody)] = []
        for (text, body) in wanted.sorted(by: { $0.key < $1.key }) {
            guard let id = ResourceProviderID(text), let provider = try ProviderBook.find(id, in: ledger.transaction)
            else {
                throw Fault.badRequest(
                    "Resource provider \(text) in inventories not found.", field: "inventories",
                    code: PlacementFault.Code.providerNotFound)
            }
            guard provider.generation == body.generation else {
                throw Fault.conflict(
                    "resource provider generation conflict for provider \(id): actual: \(provider.generation), given: "
                        + "\(body.generation)", code: PlacementFault.Code.concurrentUpdate)
            }
            inventories.append((id, body))
        }
        // Old and new side by side, so that allocations can move; then what was asked for.
        for (id, body) in inventories where !body.inventories.isEmpty {
            let present = try InventoryBook.entries(of: id, in: ledger.transaction).mapValues(\.inventory)
            let union = present.merging(body.byClass) { _, new in new }
            _ = try InventoryBook.replace(of: id, from: nil, by: union, in: ledger)
        }
        if !claims.isEmpty { try ClaimBook(ledger: ledger).write(claims) }
        for (id, body) in inventories {
            _ = try InventoryBook.replace(of: id, from: nil, by: body.byClass, in: ledger)
        }
    }
}
