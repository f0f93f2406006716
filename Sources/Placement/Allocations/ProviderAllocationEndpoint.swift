import API
import HTTPTypes
import Model
import NIOCore
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
        let pages = HolderPages(provider: id, showsGenerations: call.isAtLeast(28))
        // The generation is no newer than what is listed: who writes by it what he made of an older list is refused.
        let (generation, first, changedAt) = try await state.read { transaction in
            let provider = try ProviderBook.get(id, in: transaction)
            let first = try pages.page(after: nil, in: transaction)
            return (provider.generation, first, try first.isLast ? first.changedAt : pages.changedAt(in: transaction))
        }
        return try await .json(
            from: HolderList(first: first, generation: generation),
            headers: call.fields(modified: changedAt, location: nil)
        ) { list, size in
            try await list.next(size) { last in try await state.read { try pages.page(after: last, in: $0) } }
        }
    }
}

/// A list under way to the client.
private struct HolderList: Sendable {
    private var page: HolderPages.Page?
    private var hasBegun = false
    private let generation: Int

    init(first: HolderPages.Page, generation: Int) {
        page = first
        self.generation = generation
    }

    mutating func next(
        _ size: Int, _ read: (_ last: String?) async throws -> HolderPages.Page
    ) async throws -> ByteBuffer? {
        guard var current = page else { return nil }
        var out = JSONBytes(capacity: min(size, current.json.count) + 1024)
        if !hasBegun { out.put("{\"allocations\":{") }
        hasBegun = true
        while true {
            out.put(current.json)
            if current.isLast {
                out.put("},\"resource_provider_generation\":")
                out.put(generation)
                out.put("}")
                page = nil
                return out.buffer
            }
            current = try await read(current.last)
            if out.count + current.json.count > size { break }
        }
        page = current
        return out.buffer
    }
}
