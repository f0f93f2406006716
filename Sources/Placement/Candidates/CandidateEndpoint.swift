import API
import HTTPTypes
import Model
import Search
import Store

/// `GET /allocation_candidates`: where a request fits.
struct CandidateEndpoint: Sendable {
    let state: PlacementState
    let options: PlacementOptions

    private static let answer = Schema.fields(
        .required(
            "allocation_requests",
            .array(
                .fields(
                    .required("allocations", .any),
                    .optional("mappings", .map(nil, .array(.uuid)), since: .mappings)))),
        .required(
            "provider_summaries",
            .map(
                nil,
                .fields(
                    .required(
                        "resources",
                        .map(nil, .fields(.required("capacity", .integer), .required("used", .integer)))),
                    .optional("traits", .traitNames, since: .requiredTraits),
                    .optional("parent_provider_uuid", .nullable(.uuid), since: .candidatesInTrees),
                    .optional("root_provider_uuid", .uuid, since: .candidatesInTrees)))))

    private static func parameter(_ name: String, _ text: String, _ since: APIVersion) -> ParameterDescription {
        QueryParameter<String>(name, text, repeatable: true, since: since).description
    }

    /// The parameters' names without a suffix. Groups may have any suffix, so the handler reads them.
    static let parameters = QueryRules(
        [
            parameter(
                "resources", "Amounts by class: `VCPU:2,MEMORY_MB:1024`; with a suffix, from one provider", .candidates),
            parameter("limit", "Maximum number of candidates", .candidateLimit),
            parameter("required", "Traits: `T`, `!T`, `in:T,U`", .requiredTraits),
            parameter("member_of", "Aggregates: `A`, `in:A,B`, `!A`, `!in:A,B`", .candidatesByAggregate),
            parameter(
                "group_policy", "`none`, or `isolate`: each group with a suffix from another provider", .granularGroups),
            parameter("in_tree", "Only from the tree of this provider", .candidatesOfTree),
            parameter("root_required", "Traits of the root", .rootTraits),
            parameter("same_subtree", "Groups, by suffix, whose providers lie below one of them", .sameSubtree),
        ], unknown: .collect)

    private static let warning = AnswerHeader(
        .warning, "That the search ended early, so that there may be more candidates", always: false)

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/allocation_candidates", "List where resources could be allocated", since: .candidates,
                query: Self.parameters, access: .rule("placement:allocation_candidates:list"),
                answers: .schema(Self.answer).sending(Self.warning)
            ) { call in try await find(call) }
        ]
    }

    private func find(_ call: Call) async throws -> Reply {
        let query = try CandidateQuery(call.rawQuery, call.version)
        let index = try await state.coherence.snapshot()
        try await refuseUnknown(query, index)
        var found = CandidateSearch(query.request(call.version, options)).run(in: index)
        if options.randomizesCandidates {
            var random = SplitMix64(seed: state.ids.next(RequestKind.self))
            found = found.sample(query.limit ?? .max, using: &random)
        }
        if found.ending == .budgetExhausted, found.count == 0 {
            throw Fault(
                .unavailable,
                "The search gave up after \(found.steps) steps without a candidate; there may be some. Ask for fewer groups, "
                    + "or narrow it with in_tree, member_of or required.", code: "placement.search.budget_exhausted")
        }
        let writer = CandidateWriter(index: index, found: found, query: query, version: call.version)
        var reply = try await Reply.json(from: writer) { writer, size in writer.next(size) }
        if found.ending == .budgetExhausted {
            reply.headers[.warning] =
                "199 - \"the search ended after \(found.steps) steps; there may be more candidates\""
        }
        return reply
    }

    /// Looks up names that neither the standard nor the index knows.
    func refuseUnknown(_ query: CandidateQuery, _ index: PlacementIndex) async throws {
        let classes = query.resourceClasses.subtracting(StandardResourceClasses.all).filter { !index.hasSeen($0) }
        let traits = query.traits.subtracting(StandardTraits.all).filter { !index.hasSeen($0) }
        if classes.isEmpty, traits.isEmpty { return }
        let unknown = try await state.read { transaction in
            (try Vocabulary.unknown(classes, in: transaction), try Vocabulary.unknown(traits, in: transaction))
        }
        if let first = unknown.0.min() {
            throw Fault.badRequest(
                "Invalid resource class in resources parameter: \(PlacementFault.unknownClass(first))",
                field: "resources")
        }
        if !unknown.1.isEmpty {
            throw Fault.badRequest(PlacementFault.unknownTraits(unknown.1), field: "required")
        }
    }
}

extension HTTPField.Name {
    /// RFC 7234 section 5.5.
    fileprivate static let warning = HTTPField.Name("Warning") ?? .via
}
