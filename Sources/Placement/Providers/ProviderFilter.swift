import API
import Model
import Store

/// The filters of `GET /resource_providers`. The conditions apply to each provider by itself.
struct ProviderFilter: Sendable {
    private var name: String?
    private var id: ResourceProviderID?
    private var inTree: ResourceProviderID?
    private var membership = Membership()
    private var resources: [ResourceClass: Int] = [:]
    private var traits = TraitTerms()

    private static let nameParameter = QueryParameter<String>("name", "Only the provider of this name")
    private static let idParameter = QueryParameter<ResourceProviderID>("uuid", "Only the provider with this id")
    private static let memberOf = QueryParameter<String>(
        "member_of", "Only members of these aggregates", repeatable: true, since: .providersByAggregate)
    private static let resourcesParameter = QueryParameter<String>(
        "resources", "Only providers with room for these amounts", repeatable: true, since: .providersByResources)
    private static let treeParameter = QueryParameter<ResourceProviderID>(
        "in_tree", "Only the tree that this provider is in", since: .trees)
    private static let required = QueryParameter<String>(
        "required", "Only providers with these traits", repeatable: true, since: .providersByTraits)

    static let rules = QueryRules([
        nameParameter.description, idParameter.description, memberOf.description, resourcesParameter.description,
        treeParameter.description, required.description,
    ])

    init(_ call: Call) throws {
        var bounds = QueryBounds()
        for (name, value) in call.rawQuery {
            try bounds.add(1 + value.utf8.count(where: { $0 == UInt8(ascii: ",") }), name)
        }
        name = try call[Self.nameParameter]
        id = try call[Self.idParameter]
        inTree = try call[Self.treeParameter]
        membership = try Membership(try call[all: Self.memberOf], "member_of", call.version)
        if let text = try call[Self.resourcesParameter] { resources = try ResourceAmounts.parse(text) }
        traits = try TraitTerms(try call[all: Self.required], "required", call.version)
        try traits.refuseConflict("required")
    }

    /// The condition for a row `p` of the providers. Throws 400 for an unknown name.
    func condition(in transaction: any Transaction) throws -> SQL {
        for name in resources.keys.sorted() where try !Vocabulary.knows(name, in: transaction) {
            throw Fault.badRequest(
                "Invalid resource class in resources parameter: \(PlacementFault.unknownClass(name))",
                field: "resources")
        }
        let unknown = try Vocabulary.unknown(traits.all, in: transaction)
        guard unknown.isEmpty else {
            throw Fault.badRequest(
                "Invalid trait(s) in \"required\" parameter: \(PlacementFault.unknownTraits(unknown))",
                field: "required")
        }
        var condition: SQL = "1 = 1"
        if let name { condition += " AND p.name = \(name)" }
        if let id { condition += " AND p.uuid = \(id)" }
        if let inTree { condition += " AND p.root = (SELECT root FROM resource_providers WHERE uuid = \(inTree))" }
        for (place, set) in Self.distinct(membership.required).enumerated() {
            condition += Self.any(
                "provider_aggregates a WHERE a.provider = p.uuid AND \(Self.among("a.aggregate", set))", place)
        }
        if !membership.forbidden.isEmpty {
            condition += " AND NOT EXISTS (SELECT 1 FROM provider_aggregates a WHERE a.provider = p.uuid"
            condition += " AND \(Self.among("a.aggregate", membership.forbidden.sorted())))"
        }
        for (place, set) in Self.distinct(traits.required).enumerated() {
            condition += Self.any(
                "provider_traits t WHERE t.provider = p.uuid AND \(Self.among("t.trait", set))", place)
        }
        if !traits.forbidden.isEmpty {
            condition += " AND NOT EXISTS (SELECT 1 FROM provider_traits t WHERE t.provider = p.uuid"
            condition += " AND \(Self.among("t.trait", traits.forbidden.sorted())))"
        }
        for (name, amount) in resources.sorted(by: { $0.key < $1.key }) {
            condition += """
                 AND EXISTS (SELECT 1 FROM inventories i WHERE i.provider = p.uuid AND i.resource_class = \(name)
                    AND i.used + \(amount) <= (i.total - i.reserved) * i.allocation_ratio AND i.min_unit <= \(amount)
                    AND i.max_unit >= \(amount) AND \(amount) % i.step_size = 0)
                """
        }
        return condition
    }

    /// Maximum number of conditions that the database may plan as joins. PostgreSQL's planner takes minutes for some
    /// hundred.
    private static let mostJoins = 8

    /// A condition that such a row exists. Conditions after the first few are evaluated for each provider by itself.
    private static func any(_ rows: SQL, _ place: Int) -> SQL {
        place < mostJoins ? " AND EXISTS (SELECT 1 FROM \(rows))" : " AND (SELECT count(*) FROM \(rows)) > 0"
    }

    /// That a column of texts has one of the values. A provider has few rows: of many values, each is not looked up in the
    /// index, but the rows are compared with them, which an expression in place of the column brings about.
    private static func among(_ column: SQL, _ values: [some SQLValue]) -> SQL {
        values.count > 4 ? "(\(column) || '') IN \(list: values)" : "\(column) IN \(list: values)"
    }

    /// Each set once, in a fixed order.
    private static func distinct<Element: Comparable & Hashable>(_ sets: [Set<Element>]) -> [[Element]] {
        Set(sets).map { $0.sorted() }.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
