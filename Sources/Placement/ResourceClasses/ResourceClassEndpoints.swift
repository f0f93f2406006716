import API
import HTTPTypes
import Model
import Store

/// `/resource_classes`.
struct ResourceClassEndpoints: Sendable {
    let state: PlacementState

    private static let name = PathParameters.className
    private static let naming = Schema.fields(.required("name", .customName))
    private static let one = Schema.named(
        "ResourceClass",
        .fields(
            .required("name", .string),
            .required("links", .array(.fields(.required("rel", .string), .required("href", .string))))))
    private static let list = Schema.fields(.required("resource_classes", .array(one)))

    private struct Body: Decodable, Sendable {
        let name: String
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/resource_classes", "List resource classes", since: .customClasses, query: .anything,
                access: .rule("placement:resource_classes:list"), answers: .schema(Self.list)
            ) { call in try await show(all: call) },
            Endpoint(
                .post, "/resource_classes", "Create a custom resource class", since: .customClasses, query: .none,
                body: Body.self, schema: Self.naming, access: .rule("placement:resource_classes:create"),
                answers: .empty(201).sending(.location), faults: [.conflict]
            ) { call, body in
                let name = ResourceClass(unchecked: body.name)
                guard try await state.write({ try Vocabulary.add(name, in: $0) }) else {
                    throw Fault.conflict("Conflicting resource class already exists: \(name)")
                }
                return call.empty(201, location: "/resource_classes/\(name)")
            },
            Endpoint(
                .get, "/resource_classes/\(Self.name)", "Show a resource class", since: .customClasses,
                query: .anything, access: .rule("placement:resource_classes:show"), answers: .schema(Self.one),
                faults: [.notFound]
            ) { call in
                let name = ResourceClass(unchecked: try call[Self.name])
                guard try await state.read({ try Vocabulary.knows(name, in: $0) }) else { throw Self.unknown(name) }
                return answer(name, call)
            },
            Endpoint(
                .put, "/resource_classes/\(Self.name)", "Rename a custom resource class", since: .customClasses,
                before: .repeatableClasses, query: .none, body: Body.self, schema: Self.naming,
                access: .rule("placement:resource_classes:update"), answers: .schema(Self.one),
                faults: [.notFound, .conflict]
            ) { call, body in
                let old = ResourceClass(unchecked: try call[Self.name])
                let new = ResourceClass(unchecked: body.name)
                try await state.write { try Self.rename(old, to: new, in: $0) }
                return answer(new, call)
            },
            Endpoint(
                .put, "/resource_classes/\(Self.name)", "Create a custom resource class, or confirm that it exists",
                since: .repeatableClasses, query: .none, access: .rule("placement:resource_classes:update"),
                answers: .empty(201).sending(.location), .empty().sending(.location)
            ) { call in
                let text = try call[Self.name]
                guard let name = ResourceClass(text), name.isCustom else {
                    let keyword = text.unicodeScalars.count > 255 ? "maxLength" : "pattern"
                    throw Fault.badRequest(
                        "JSON does not validate: '\(text.prefix(80))' does not match '^CUSTOM_[A-Z0-9_]+$', at most 255 "
                            + "characters, which a custom resource class must. Failed validating '\(keyword)' in schema.",
                        field: "name")
                }
                let isNew = try await state.write { try Vocabulary.add(name, in: $0) }
                return call.empty(isNew ? 201 : 204, location: "/resource_classes/\(name)")
            },
            Endpoint(
                .delete, "/resource_classes/\(Self.name)", "Delete a custom resource class", since: .customClasses,
                query: .none, access: .rule("placement:resource_classes:delete"), answers: .empty(),
                faults: [.notFound, .conflict]
            ) { call in
                let name = ResourceClass(unchecked: try call[Self.name])
                try await state.write { try Self.delete(name, in: $0.transaction) }
                return .empty()
            },
        ]
    }

    private static func unknown(_ name: ResourceClass) -> Fault { .notFound(PlacementFault.unknownClass(name)) }

    private static func rename(_ old: ResourceClass, to new: ResourceClass, in ledger: Ledger) throws {
        let transaction = ledger.transaction
        guard try Vocabulary.knows(old, in: transaction) else { throw unknown(old) }
        guard !StandardResourceClasses.all.contains(old) else {
            throw Fault.badRequest("Cannot update standard resource class \(old).", field: "name")
        }
        if old == new { return }
        guard try Vocabulary.add(new, in: ledger) else {
            throw Fault.conflict("Resource class already exists: \(new)")
        }
        let users: [ResourceProviderID] = try transaction.all(
            "SELECT provider FROM inventories WHERE resource_class = \(old)"
        ) { row in try row[0] }
        // The allocations hang on the inventories by the name: first a copy, then theirs, then the old ones go.
        try transaction.execute(
            """
            INSERT INTO inventories (provider, resource_class, total, reserved, min_unit, max_unit, step_size,
                allocation_ratio, used, created_at, updated_at)
            SELECT provider, \(new), total, reserved, min_unit, max_unit, step_size, allocation_ratio, used,
                created_at, \(ledger.now) FROM inventories WHERE resource_class = \(old)
            """)
        try transaction.execute("UPDATE allocations SET resource_class = \(new) WHERE resource_class = \(old)")
        try transaction.execute("DELETE FROM inventories WHERE resource_class = \(old)")
        try transaction.execute("DELETE FROM custom_resource_classes WHERE name = \(old)")
        for id in users { try ledger.touch(id) }
    }

    private static func delete(_ name: ResourceClass, in transaction: any Transaction) throws {
        guard !StandardResourceClasses.all.contains(name) else {
            throw Fault.badRequest(
                "Error in delete resource class: Cannot delete standard resource class \(name).", field: "name")
        }
        guard try Vocabulary.knows(name, in: transaction) else { throw unknown(name) }
        guard try !transaction.exists("SELECT 1 FROM inventories WHERE resource_class = \(name) LIMIT 1") else {
            throw Fault.conflict(
                "Error in delete resource class: Cannot delete resource class \(name). Class is in use in inventory.")
        }
        try transaction.execute("DELETE FROM custom_resource_classes WHERE name = \(name)")
    }

    private func show(all call: Call) async throws -> Reply {
        let custom: [ResourceClass] = try await state.read { transaction in
            try transaction.all("SELECT name FROM custom_resource_classes ORDER BY created_at, name") { row in
                try row[0]
            }
        }
        var json = JSONWriter()
        json.object { json in
            json.member("resource_classes") { json in
                json.array(StandardResourceClasses.ordered + custom) { json, name in write(name, to: &json, call) }
            }
        }
        return call.json(json)
    }

    private func answer(_ name: ResourceClass, _ call: Call) -> Reply {
        var json = JSONWriter()
        write(name, to: &json, call)
        return call.json(json)
    }

    private func write(_ name: ResourceClass, to json: inout JSONWriter, _ call: Call) {
        json.object { json in
            json.member("name", name.name)
            json.member("links") { json in
                json.array(CollectionOfOne("\(call.mount)/resource_classes/\(name)")) { json, path in
                    json.object { json in
                        json.member("rel", "self")
                        json.member("href", path)
                    }
                }
            }
        }
    }
}
