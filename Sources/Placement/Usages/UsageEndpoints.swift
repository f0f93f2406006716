import API
import HTTPTypes
import Model
import Store

/// Used amounts: of a provider, and by a project.
struct UsageEndpoints: Sendable {
    let state: PlacementState

    private static let project = QueryParameter<String>("project_id", "The project", required: true)
    private static let user = QueryParameter<String>("user_id", "Only what this user's consumers hold")
    private static let type = QueryParameter<String>(
        "consumer_type", "Only consumers of this type; `all` sums over types, `unknown` means consumers without one",
        since: .consumerTypes)
    private static let ofProvider = Schema.fields(
        .required("resource_provider_generation", .generation), .required("usages", .counts))

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/resource_providers/\(PathParameters.provider)/usages", "Show a provider's usages",
                query: .anything, access: .rule("placement:resource_providers:usages"),
                answers: .schema(Self.ofProvider), faults: [.notFound]
            ) { call in try await show(provider: call) },
            Endpoint(
                .get, "/usages", "Show what a project uses", since: .projectUsages,
                query: QueryRules([Self.project.description, Self.user.description, Self.type.description]),
                access: .ruleInHandler("placement:usages"),
                answers: .schema(.fields(.required("usages", .map(nil, .any))))
            ) { call in try await show(project: call) },
        ]
    }

    private func show(provider call: Call) async throws -> Reply {
        let id = try call[PathParameters.provider]
        let (generation, entries) = try await state.read { transaction in
            let provider = try ProviderBook.get(id, in: transaction)
            return (provider.generation, try InventoryBook.entries(of: id, in: transaction))
        }
        var json = JSONWriter()
        json.object { json in
            json.member("resource_provider_generation", generation)
            json.member("usages") { json in
                json.object { json in
                    for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
                        json.member(name.name, entry.used)
                    }
                }
            }
        }
        return call.json(json)
    }

    /// One line of the sums: a type of consumer (nil for no type) and a class.
    private struct Sum: Sendable {
        let type: String?
        let resourceClass: String
        let amount: Int
    }

    private func show(project call: Call) async throws -> Reply {
        let project = try Self.bounded(try call[Self.project], "project_id") ?? ""
        let user = try Self.bounded(try call[Self.user], "user_id")
        let type = try Self.bounded(try call[Self.type], "consumer_type")
        try call.authorize("placement:usages", target: ["project_id": project])
        if let type, !["all", "unknown"].contains(type), ResourceClass(type) == nil {
            throw Fault.badRequest(
                "Invalid query string parameters: '\(type.prefix(80))' is no consumer type: upper case letters, digits "
                    + "and underscores, or 'all' or 'unknown'.", field: "consumer_type")
        }
        var condition: SQL = "c.project = \(project)"
        if let user { condition += " AND c.owner = \(user)" }
        let key: SQL = type == "all" ? "NULL" : "c.type"
        if type == "unknown" {
            condition += " AND c.type IS NULL"
        } else if let type, type != "all" {
            condition += " AND c.type = \(type)"
        }
        let grouping: SQL = type == "all" ? "a.resource_class" : "c.type, a.resource_class"
        let query: SQL = """
            SELECT \(key), a.resource_class, CAST(SUM(a.used) AS BIGINT)
            FROM consumers c JOIN allocations a ON a.consumer = c.uuid
            WHERE \(condition) GROUP BY \(grouping) ORDER BY 1, 2
            """
        let counting: SQL = "SELECT c.type, COUNT(*) FROM consumers c WHERE \(condition) GROUP BY c.type"
        let untyped = type == "all" ? "all" : "unknown"
        let showsTypes = call.version >= .consumerTypes
        let (sums, consumers) = try await state.read { transaction in
            let sums = try transaction.all(query) { row in
                Sum(type: try row[0], resourceClass: try row[1], amount: try row[2])
            }
            var consumers: [String: Int] = [:]
            guard showsTypes else { return (sums, consumers) }
            try transaction.forEach(counting) { row in
                let name: String? = type == "all" ? nil : try row[0]
                consumers[name ?? untyped, default: 0] += try row[1] as Int
            }
            return (sums, consumers)
        }
        return answer(sums, consumers, untyped: untyped, call)
    }

    private func answer(_ sums: [Sum], _ consumers: [String: Int], untyped: String, _ call: Call) -> Reply {
        var json = JSONWriter()
        json.object { json in
            json.member("usages") { json in
                json.object { json in
                    guard call.version >= .consumerTypes else {
                        let all = Dictionary(grouping: sums, by: \.resourceClass)
                        for (name, lines) in all.sorted(by: { $0.key < $1.key }) {
                            json.member(name, lines.reduce(into: 0) { $0.add($1.amount) })
                        }
                        return
                    }
                    let byType = Dictionary(grouping: sums) { $0.type ?? untyped }
                    for (type, lines) in byType.sorted(by: { $0.key < $1.key }) {
                        json.member(type) { json in
                            json.object { json in
                                for line in lines { json.member(line.resourceClass, line.amount) }
                                json.member("consumer_count", consumers[type] ?? 0)
                            }
                        }
                    }
                }
            }
        }
        return call.json(json)
    }

    private static func bounded(_ text: String?, _ field: String) throws(Fault) -> String? {
        guard let text else { return nil }
        guard (1...255).contains(text.unicodeScalars.count) else {
            throw .badRequest(
                "Invalid query string parameters: '\(text.prefix(300))' is too \(text.isEmpty ? "short" : "long"): "
                    + "'\(field)' must have 1 to 255 characters. Failed validating "
                    + "'\(text.isEmpty ? "minLength" : "maxLength")' in schema['properties']['\(field)'].", field: field
            )
        }
        return text
    }
}
