import API
import HTTPTypes
import Model
import Search
import Store

/// `GET /v1/candidates` of the explain service: the same query as `/allocation_candidates`, answered with reasons.
struct ExplainEndpoint: Sendable {
    let state: PlacementState
    let options: PlacementOptions

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
                    .required("constraint", .string), .required("removed_alone", .integer),
                    .required("removed_last", .integer)))),
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
                    .required("without", constraints), .required("missing", .array(shortage))))))

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/candidates", "Explain where a request fits, and why not elsewhere",
                query: QueryRules(CandidateEndpoint.parameters.parameters, unknown: .collect),
                access: .rule("placement:allocation_candidates:list"), answers: .schema(Self.answer)
            ) { call in try await explain(call) }
        ]
    }

    /// What the database knows of the trees that nearly serve.
    private struct Background: Sendable {
        var names: [ResourceProviderID: String] = [:]
        var holders: [Holding: [(consumer: ConsumerID, amount: Int)]] = [:]

        struct Holding: Hashable, Sendable {
            let root: ResourceProviderID
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
        let explanation = Explanation(of: request, in: index)
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
                        json.member("constraint", request.text(of: cost.constraint))
                        json.member("removed_alone", cost.removedAlone)
                        json.member("removed_last", cost.removedLast)
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
            json.array(dropped) { json, constraint in json.value(request.text(of: constraint)) }
        }
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
            json.member("missing") { json in
                json.array(miss.shortages) { json, shortage in
                    json.object { json in
                        json.member("resource_class", shortage.resourceClass.name)
                        json.member("asked", shortage.asked)
                        json.member("free", shortage.free)
                        json.member("deficit", max(0, shortage.asked - shortage.free))
                        guard showsHolders else { return }
                        let key = Background.Holding(root: root, resourceClass: shortage.resourceClass)
                        json.member("held_by") { json in
                            json.array(background.holders[key] ?? []) { json, holder in
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

    /// Names, and of each class that is short the ten consumers that hold most of it.
    private func background(
        of explanation: Explanation, _ index: PlacementIndex, showsHolders: Bool
    ) async throws -> Background {
        let roots = Set(explanation.nearest.map { index.id($0.root) })
        if roots.isEmpty { return Background() }
        let classes = Set(explanation.nearest.flatMap(\.shortages).map(\.resourceClass))
        return try await state.read { transaction in
            var background = Background()
            try transaction.forEach(
                "SELECT uuid, name FROM resource_providers WHERE uuid IN \(list: roots.sorted())"
            ) { row in background.names[try row[0]] = try row[1] as String }
            guard showsHolders, !classes.isEmpty else { return background }
            try transaction.forEach(
                """
                SELECT p.root, a.resource_class, a.consumer, CAST(SUM(a.used) AS BIGINT)
                FROM allocations a JOIN resource_providers p ON p.uuid = a.provider
                WHERE p.root IN \(list: roots.sorted()) AND a.resource_class IN \(list: classes.sorted())
                GROUP BY p.root, a.resource_class, a.consumer ORDER BY 4 DESC, 3
                """
            ) { row in
                let key = Background.Holding(root: try row[0], resourceClass: try row[1])
                guard background.holders[key, default: []].count < 10 else { return }
                background.holders[key, default: []].append((try row[2], try row[3]))
            }
            return background
        }
    }
}
