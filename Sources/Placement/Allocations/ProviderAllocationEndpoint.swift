import API
import HTTPTypes
import Model
import Store

/// `/resource_providers/{uuid}/allocations`: who holds what of a provider.
struct ProviderAllocationEndpoint: Sendable {
    let state: PlacementState

    private static let answer = Schema.fields(
        .required("resource_provider_generation", .generation),
        .required(
            "allocations",
            .map(
                nil,
                .fields(.required("resources", .counts), .optional("consumer_generation", .nullable(.integer))))))

    struct Holder: Sendable {
        let consumer: ConsumerID
        let generation: Int
        var resources: [(resourceClass: ResourceClass, amount: Int)]
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/resource_providers/\(PathParameters.provider)/allocations", "List who holds what of a provider",
                query: .anything, access: .rule("placement:resource_providers:allocations:list"),
                answers: .schema(Self.answer), faults: [.notFound]
            ) { call in try await show(call) }
        ]
    }

    static func holders(
        of id: ResourceProviderID, in transaction: any Transaction
    ) throws -> (holders: [Holder], changedAt: Timestamp?) {
        var holders: [Holder] = []
        var changedAt: Timestamp?
        try transaction.forEach(
            """
            SELECT a.consumer, c.generation, a.resource_class, a.used, a.created_at
            FROM allocations a JOIN consumers c ON c.uuid = a.consumer
            WHERE a.provider = \(id) ORDER BY a.consumer, a.resource_class
            """
        ) { row in
            let consumer: ConsumerID = try row[0]
            if holders.last?.consumer != consumer {
                holders.append(Holder(consumer: consumer, generation: try row[1], resources: []))
            }
            holders[holders.count - 1].resources.append((try row[2], try row[3]))
            let moment: Timestamp = try row[4]
            changedAt = max(changedAt ?? moment, moment)
        }
        return (holders, changedAt)
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try call[PathParameters.provider]
        let (generation, found) = try await state.read { transaction in
            let provider = try ProviderBook.get(id, in: transaction)
            return (provider.generation, try Self.holders(of: id, in: transaction))
        }
        var json = JSONWriter(capacity: 128 + found.holders.count * 128)
        json.object { json in
            json.member("allocations") { json in
                json.object { json in
                    for holder in found.holders { write(holder, to: &json, call) }
                }
            }
            json.member("resource_provider_generation", generation)
        }
        return call.json(json, modified: found.changedAt)
    }

    private func write(_ holder: Holder, to json: inout JSONWriter, _ call: Call) {
        json.member("\(holder.consumer)") { json in
            json.object { json in
                json.member("resources") { json in
                    json.object { json in
                        for (name, amount) in holder.resources { json.member(name.name, amount) }
                    }
                }
                if call.isAtLeast(28) { json.member("consumer_generation", holder.generation) }
            }
        }
    }
}
