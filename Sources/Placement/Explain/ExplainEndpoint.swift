import API
import HTTPTypes
import Model
import Search
import Store

/// `GET /v1/candidates` of the explain service: the query of `/allocation_candidates`; the response has reasons.
struct ExplainEndpoint: Sendable {
    let state: PlacementState
    let options: PlacementOptions

    /// The maximum duration of an explanation.
    private static let mostTime = Duration.seconds(2)
    private static let mostShared = 100

    private static let constraints = Schema.array(.string)
    private static let shortage = Schema.fields(
        .required("resource_class", .string), .required("asked", .integer), .required("free", .integer),
        .required("deficit", .integer),
        .optional("held_by", .array(.fields(.required("consumer", .uuid), .required("amount", .integer)))))
    private static let answer = Schema.fields(
        .required("trees", .integer), .required("fitting", .integer),
        .required(
            "constraints",
            .array(
                .fields(
                    .required("constraint", .string), .optional("removed_alone", .integer),
                    .optional("removed_last", .integer)))),
        .required(
            "relaxations",
            .array(
                .fields(
                    .required("without", constraints), .required("trees", .integer),
                    .optional("amount_that_fits", .integer)))),
        .required("relaxations_complete", .boolean),
        .required(
            "nearest",
            .array(
                .fields(
                    .required("resource_provider", .uuid), .required("name", .string),
                    .required("without", constraints), .required("weight", .number),
                    .required("missing", .array(shortage))))))

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/candidates", "Explain where a request fits, and why not elsewhere",
                query: QueryRules(CandidateEndpoint.parameters.parameters, unknown: .collect),
                access: .rule("placement:allocation_candidates:list"), answers: .schema(Self.answer)
            ) { call in try await explain(call) }
        ]
    }

    /// Further data about the trees that can almost serve.
    private struct Background: Sendable {
        var names: [ResourceProviderID: String] = [:]
        /// By the root of a tree, or by a provider that shares with other trees.
        var holders: [Holding: [(consumer: ConsumerID, amount: Int)]] = [:]

        /// Providers of the trees themselves that share with other trees; their consumers are listed under their own
        /// ids.
        var ownShared: [ResourceProviderID: [ResourceProviderID]] = [:]

        static let most = 10

        /// Those of several providers together.
        func holders(of name: ResourceClass, _ providers: [ResourceProviderID]) -> [(consumer: ConsumerID, amount: Int)]
        {
            let all = providers.flatMap { holders[Holding(provider: $0, resourceClass: name)] ?? [] }
            return Array(all.sorted { ($1.amount, $0.consumer) < ($0.amount, $1.consumer) }.prefix(Self.most))
        }

        struct Holding: Hashable, Sendable {
            let provider: ResourceProviderID
            let resourceClass: ResourceClass
        }
    }

    private func explain(_ call: Call) async throws -> Reply {
        let newest = PlacementFamily().maximum
        let query = try CandidateQuery(call.rawQuery, newest)
        let index = try await state.coherence.snapshot()
        try await CandidateEndpoint(state: state, options: options).refuseUnknown(query, index)
        var request = query.request(newest, options)
        request.limit = nil
        let (time, end) = (state.time, state.time.now() + Self.mostTime)
        let explanation = Explanation(
            of: request, in: index,
            allowance: Allowance(steps: options.searchBudget / 8) { Task.isCancelled || time.now() > end })
        let showsHolders = call.allows(
            "placement:resource_providers:allocations:list", target: .own(call.caller))
        let background = try await background(of: explanation, index, showsHolders: showsHolders)
        var json = JSONWriter(capacity: 4096)
        json.object { json in
            json.member("trees", explanation.trees)
            json.member("fitting", explanation.fitting)
            json.member("constraints") { json in
                json.array(explanation.costs) { json, cost in
                    json.object { json in
                        json.member("constraint", shown(cost.constraint, request))
                        if let removed = cost.removedAlone { json.member("removed_alone", removed) }
                        if let removed = cost.removedLast { json.member("removed_last", removed) }
                    }
                }
            }
            json.member("relaxations") { json in
                json.array(explanation.relaxations) { json, relaxation in
                    json.object { json in
                        write(relaxation.dropped, request, &json)
                        json.member("trees", relaxation.anchors)
                        if let amount = relaxation.amount { json.member("amount_that_fits", amount) }
                    }
                }
            }
            json.member("relaxations_complete", explanation.isComplete)
            json.member("nearest") { json in
                json.array(explanation.nearest) { json, miss in
                    write(miss, request, index, background, showsHolders: showsHolders, &json)
                }
            }
        }
        return .json(bytes: json.bytes)
    }

    private func write(_ dropped: [RequestConstraint], _ request: CandidateRequest, _ json: inout JSONWriter) {
        json.member("without") { json in
            json.array(dropped) { json, constraint in json.value(shown(constraint, request)) }
        }
    }

    /// A constraint in the syntax of the query, truncated if it is long, because it may occur in the response many
    /// times.
    private func shown(_ constraint: RequestConstraint, _ request: CandidateRequest) -> String {
        let text = request.text(of: constraint)
        return text.utf8.count > 300 ? text.prefix(297) + "..." : text
    }

    private func write(
        _ miss: Explanation.NearMiss, _ request: CandidateRequest, _ index: PlacementIndex, _ background: Background,
        showsHolders: Bool, _ json: inout JSONWriter
    ) {
        let root = index.id(miss.root)
        json.object { json in
            json.member("resource_provider", "\(root)")
            json.member("name", background.names[root] ?? "")
            write(miss.dropped, request, &json)
            json.member("weight", miss.weight)
            json.member("missing") { json in
                json.array(miss.shortages) { json, shortage in
                    json.object { json in
                        json.member("resource_class", shortage.resourceClass.name)
                        json.member("asked", shortage.asked)
                        json.member("free", shortage.free)
                        json.member("deficit", max(0, shortage.asked - shortage.free))
                        guard showsHolders else { return }
                        let holders = background.holders(
                            of: shortage.resourceClass,
                            [root] + miss.shared.map(index.id) + (background.ownShared[root] ?? []))
                        json.member("held_by") { json in
                            json.array(holders) { json, holder in
                                json.object { json in
                                    json.member("consumer", "\(holder.consumer)")
                                    json.member("amount", holder.amount)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Names, and for each class that is short the consumers that hold most of it in the tree or of what others share
    /// with it.
    private func background(
        of explanation: Explanation, _ index: PlacementIndex, showsHolders: Bool
    ) async throws -> Background {
        let roots = Set(explanation.nearest.map { index.id($0.root) })
        if roots.isEmpty { return Background() }
        let classes = Set(explanation.nearest.flatMap(\.shortages).map(\.resourceClass))
        let sharing = Set(explanation.nearest.flatMap(\.shared))
        let shared = sharing.map(index.id).sorted().prefix(Self.mostShared)
        var ownShared: [ResourceProviderID: [ResourceProviderID]] = [:]
        for miss in explanation.nearest {
            let number = index.treeNumber(miss.root)
            ownShared[index.id(miss.root)] = sharing.filter { index.treeNumber($0) == number }.map(index.id)
        }
        return try await state.read { [own = ownShared] transaction in
            var background = Background(ownShared: own)
            try transaction.forEach(
                "SELECT uuid, name FROM resource_providers WHERE uuid IN \(list: roots.sorted())"
            ) { row in background.names[try row[0]] = try row[1] as String }
            guard showsHolders, !classes.isEmpty else { return background }
            try transaction.forEach(
                """
                SELECT holder, resource_class, consumer, amount FROM (
                    SELECT h.holder, h.resource_class, h.consumer, h.amount, ROW_NUMBER() OVER (
                        PARTITION BY h.holder, h.resource_class ORDER BY h.amount DESC, h.consumer) AS place
                    FROM (
                        SELECT CASE WHEN a.provider IN \(list: shared) THEN a.provider ELSE p.root END AS holder,
                            a.resource_class, a.consumer, CAST(SUM(a.used) AS BIGINT) AS amount
                        FROM allocations a JOIN resource_providers p ON p.uuid = a.provider
                        WHERE (p.root IN \(list: roots.sorted()) OR a.provider IN \(list: shared))
                            AND a.resource_class IN \(list: classes.sorted())
                        GROUP BY 1, a.resource_class, a.consumer) AS h) AS placed
                WHERE place <= \(Background.most) ORDER BY amount DESC, consumer
                """
            ) { row in
                let key = Background.Holding(provider: try row[0], resourceClass: try row[1])
                background.holders[key, default: []].append((try row[2], try row[3]))
            }
            return background
        }
    }
}
