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
                .fields(
                    .required("resources", .counts),
                    .optional("consumer_generation", .nullable(.integer), since: .consumerGenerations)))))

    struct Holder: Sendable {
        let consumer: ConsumerID
        let generation: Int
        var resources: [(resourceClass: ResourceClass, amount: Int)]
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/resource_providers/\(PathParameters.provider)/allocations", "List a provider's allocations",
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
        let pages = HolderPages(provider: id, showsGenerations: call.version >= .consumerGenerations)
        // The generation is no newer than what is listed: who writes by it what he made of an older list is refused.
        let (generation, first, changedAt) = try await state.read { transaction in
            let provider = try ProviderBook.get(id, in: transaction)
            let first = try pages.page(after: nil, in: transaction)
            return (
                provider.generation, first, try first.next == nil ? first.changedAt : pages.changedAt(in: transaction)
            )
        }
        return try await .json(
            from: ListStream(
                "{\"allocations\":{", first: first, "},\"resource_provider_generation\":\(generation)}"),
            headers: call.fields(modified: changedAt, location: nil)
        ) { list, size in
            try await list.next(size) { last in try await state.read { try pages.page(after: last, in: $0) } }
        }
    }
}
