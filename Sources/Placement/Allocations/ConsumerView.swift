import API
import Model
import Store

/// A consumer and its allocations.
struct ConsumerView: Sendable {
    var project: String?
    var user: String?
    var type: String?
    var generation: Int?
    var changedAt: Timestamp?
    var holdings: [Holding] = []

    /// The allocations from one provider.
    struct Holding: Sendable {
        let provider: ResourceProviderID
        let generation: Int
        var resources: [(resourceClass: ResourceClass, amount: Int)]

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("resources") { json in
                    json.object { json in
                        for (name, amount) in resources { json.member(name.name, amount) }
                    }
                }
                json.member("generation", generation)
            }
        }
    }

    init() {}

    init(_ id: ConsumerID, in transaction: any Transaction) throws {
        try transaction.forEach(
            """
            SELECT a.provider, p.generation, a.resource_class, a.used, a.created_at, c.project, c.owner, c.type,
                c.generation
            FROM allocations a JOIN resource_providers p ON p.uuid = a.provider
                JOIN consumers c ON c.uuid = a.consumer
            WHERE a.consumer = \(id) ORDER BY a.provider, a.resource_class
            """
        ) { row in
            let provider: ResourceProviderID = try row[0]
            if holdings.last?.provider != provider {
                holdings.append(Holding(provider: provider, generation: try row[1], resources: []))
            }
            holdings[holdings.count - 1].resources.append((try row[2], try row[3]))
            let moment: Timestamp = try row[4]
            changedAt = max(changedAt ?? moment, moment)
            project = try row[5]
            user = try row[6]
            type = try row[7]
            generation = try row[8]
        }
    }
}
