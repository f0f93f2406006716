import API
import HTTPTypes
import Model
import Store

/// `/resource_providers`.
struct ProviderEndpoints: Sendable {
    let state: PlacementState

    private static let list = Schema.fields(.required("resource_providers", .array(ResourceProvider.schema)))

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/resource_providers", "List resource providers", query: ProviderFilter.rules,
                access: .rule("placement:resource_providers:list"), answers: .schema(Self.list)
            ) { call in try await show(all: call) },
            creation(before: .trees, ProviderBody.creation),
            creation(since: .trees, ProviderBody.nestedCreation),
            Endpoint(
                .get, "/resource_providers/\(PathParameters.provider)", "Show a resource provider", query: .anything,
                access: .rule("placement:resource_providers:show"), answers: .schema(ResourceProvider.schema),
                faults: [.notFound]
            ) { call in
                let id = try call[PathParameters.provider]
                return answer(try await state.read { try ProviderBook.get(id, in: $0) }, call)
            },
            change(before: .trees, ProviderBody.change),
            change(since: .trees, ProviderBody.nestedChange),
            Endpoint(
                .delete, "/resource_providers/\(PathParameters.provider)", "Delete a resource provider",
                query: .none, access: .rule("placement:resource_providers:delete"), answers: .empty(),
                faults: [.notFound, .conflict]
            ) { call in
                let id = try call[PathParameters.provider]
                try await state.write { try ProviderBook.delete(id, in: $0) }
                return .empty()
            },
        ]
    }

    private func creation(since: APIVersion? = nil, before: APIVersion? = nil, _ schema: Schema) -> Endpoint {
        Endpoint(
            .post, "/resource_providers", "Create a resource provider", since: since, before: before, query: .none,
            body: ProviderBody.self, schema: schema, access: .rule("placement:resource_providers:create"),
            answers: .schema(ResourceProvider.schema).sending(.location), .empty(201).sending(.location),
            faults: [.conflict]
        ) { call, body in
            let id = body.id ?? state.ids.next()
            let provider = try await state.write { ledger in
                try ProviderBook.create(id, name: body.name, parent: body.parent, in: ledger)
            }
            let location = "/resource_providers/\(id)"
            guard call.version >= .createdProvider else { return call.empty(201, location: location) }
            return answer(provider, call, location: location)
        }
    }

    private func change(since: APIVersion? = nil, before: APIVersion? = nil, _ schema: Schema) -> Endpoint {
        Endpoint(
            .put, "/resource_providers/\(PathParameters.provider)", "Update a resource provider", since: since,
            before: before, query: .none, body: ProviderBody.self, schema: schema,
            access: .rule("placement:resource_providers:update"), answers: .schema(ResourceProvider.schema),
            faults: [.notFound, .conflict]
        ) { call, body in
            let id = try call[PathParameters.provider]
            let mayMove = call.version >= .reparenting
            let provider = try await state.write { ledger in
                try ProviderBook.update(id, name: body.name, place: body.place, mayMove: mayMove, in: ledger)
            }
            return answer(provider, call)
        }
    }

    private func answer(_ provider: ResourceProvider, _ call: Call, location: String? = nil) -> Reply {
        var json = JSONWriter()
        provider.write(to: &json, for: call)
        return call.json(json, modified: provider.updatedAt, location: location)
    }

    private func show(all call: Call) async throws -> Reply {
        let filter = try ProviderFilter(call)
        let writer = ProviderWriter(call.version, mount: call.mount)
        let (pages, first, changedAt) = try await state.read { transaction in
            let pages = ProviderPages(condition: try filter.condition(in: transaction), writer: writer)
            let first = try pages.page(after: nil, in: transaction)
            return (pages, first, try first.next == nil ? first.changedAt : pages.changedAt(in: transaction))
        }
        return try await .json(
            from: ListStream("{\"resource_providers\":[", first: first, "]}"),
            headers: call.fields(modified: changedAt, location: nil)
        ) { list, size in
            try await list.next(size) { last in try await state.read { try pages.page(after: last, in: $0) } }
        }
    }
}
