import API
import HTTPTypes
import Model
import Store

/// `/resource_providers/{uuid}/traits`.
struct ProviderTraitEndpoints: Sendable {
    let state: PlacementState

    private static let since = APIVersion.traits
    private static let provider = PathParameters.provider
    private static let form = Schema.fields(
        .required("traits", .traitNames), .required("resource_provider_generation", .generation))

    private struct Body: Decodable, Sendable {
        let traits: [String]
        let generation: Int

        enum CodingKeys: String, CodingKey {
            case traits
            case generation = "resource_provider_generation"
        }
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/resource_providers/\(Self.provider)/traits", "List a provider's traits", since: Self.since,
                query: .anything, access: .rule("placement:resource_providers:traits:list"),
                answers: .schema(Self.form), faults: [.notFound]
            ) { call in
                let id = try call[Self.provider]
                let (generation, traits) = try await state.read { transaction in
                    let provider = try ProviderBook.get(id, in: transaction)
                    return (provider.generation, try TraitBook.traits(of: id, in: transaction))
                }
                return answer(traits, generation, call)
            },
            Endpoint(
                .put, "/resource_providers/\(Self.provider)/traits", "Replace a provider's traits", since: Self.since,
                query: .none, body: Body.self, schema: Self.form,
                access: .rule("placement:resource_providers:traits:update"), answers: .schema(Self.form),
                faults: [.notFound, .conflict]
            ) { call, body in
                let id = try call[Self.provider]
                let traits = Set(body.traits.map { Trait(unchecked: $0) })
                let generation = try await state.write { ledger in
                    try TraitBook.replace(of: id, from: body.generation, by: traits, in: ledger)
                }
                return answer(traits, generation, call)
            },
            Endpoint(
                .delete, "/resource_providers/\(Self.provider)/traits", "Remove a provider's traits",
                since: Self.since, query: .none, access: .rule("placement:resource_providers:traits:delete"),
                answers: .empty(), faults: [.notFound, .conflict]
            ) { call in
                let id = try call[Self.provider]
                _ = try await state.write { try TraitBook.replace(of: id, from: nil, by: [], in: $0) }
                return .empty()
            },
        ]
    }

    private func answer(_ traits: Set<Trait>, _ generation: Int, _ call: Call) -> Reply {
        var json = JSONWriter()
        json.object { json in
            json.member("traits") { json in json.array(traits.sorted()) { json, trait in json.value(trait.name) } }
            json.member("resource_provider_generation", generation)
        }
        return call.json(json)
    }
}
