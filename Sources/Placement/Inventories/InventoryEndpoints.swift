import API
import HTTPTypes
import Model
import Store

/// `/resource_providers/{uuid}/inventories`.
struct InventoryEndpoints: Sendable {
    let state: PlacementState

    private static let provider = PathParameters.provider
    private static let resourceClass = PathParameters.resourceClass

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/resource_providers/\(Self.provider)/inventories", "List a provider's inventories",
                query: .anything, access: .rule("placement:resource_providers:inventories:list"),
                answers: .schema(InventoriesBody.answer), faults: [.notFound]
            ) { call in
                let id = try call[Self.provider]
                let (generation, entries) = try await state.read { transaction in
                    let provider = try ProviderBook.get(id, in: transaction)
                    return (provider.generation, try InventoryBook.entries(of: id, in: transaction))
                }
                return list(
                    generation, entries.mapValues(\.inventory), call, modified: entries.values.map(\.updatedAt).max())
            },
            Endpoint(
                .post, "/resource_providers/\(Self.provider)/inventories", "Add an inventory to a provider",
                query: .none, body: InventoryBody.self, schema: InventoryBody.creation,
                access: .rule("placement:resource_providers:inventories:create"),
                answers: .schema(InventoryBody.answer, status: 201).sending(.location, .lastModified),
                faults: [.notFound, .conflict]
            ) { call, body in try await add(body, call) },
            Endpoint(
                .put, "/resource_providers/\(Self.provider)/inventories", "Replace a provider's inventories",
                query: .none, body: InventoriesBody.self, schema: InventoriesBody.schema,
                access: .rule("placement:resource_providers:inventories:update"),
                answers: .schema(InventoriesBody.answer), faults: [.notFound, .conflict]
            ) { call, body in try await replace(body, call) },
            Endpoint(
                .delete, "/resource_providers/\(Self.provider)/inventories",
                "Refuse to delete a provider's inventories", before: .inventoryDeletion, query: .anything,
                access: .rule("placement:resource_providers:inventories:delete"), faults: [.methodNotAllowed]
            ) { _ in
                throw Fault(
                    .methodNotAllowed, "Deleting all inventories of a provider needs version 1.5.",
                    headers: [Fault.Header("Allow", "GET, POST, PUT")])
            },
            Endpoint(
                .delete, "/resource_providers/\(Self.provider)/inventories", "Delete a provider's inventories",
                since: .inventoryDeletion, query: .none,
                access: .rule("placement:resource_providers:inventories:delete"), answers: .empty(),
                faults: [.notFound, .conflict]
            ) { call in
                let id = try call[Self.provider]
                _ = try await state.write { try InventoryBook.replace(of: id, from: nil, by: [:], in: $0) }
                return .empty()
            },
            Endpoint(
                .get, "/resource_providers/\(Self.provider)/inventories/\(Self.resourceClass)", "Show an inventory",
                query: .anything, access: .rule("placement:resource_providers:inventories:show"),
                answers: .schema(InventoryBody.answer), faults: [.notFound]
            ) { call in try await show(call) },
            Endpoint(
                .put, "/resource_providers/\(Self.provider)/inventories/\(Self.resourceClass)",
                "Update an inventory", query: .none, body: InventoryBody.self, schema: InventoryBody.change,
                access: .rule("placement:resource_providers:inventories:update"),
                answers: .schema(InventoryBody.answer), faults: [.notFound, .conflict]
            ) { call, body in try await update(body, call) },
            Endpoint(
                .delete, "/resource_providers/\(Self.provider)/inventories/\(Self.resourceClass)",
                "Delete an inventory", query: .none,
                access: .rule("placement:resource_providers:inventories:delete"), answers: .empty(),
                faults: [.notFound, .conflict]
            ) { call in try await delete(call) },
        ]
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try call[Self.provider]
        let name = ResourceClass(unchecked: try call[Self.resourceClass])
        let (generation, entry) = try await state.read { transaction in
            let provider = try ProviderBook.get(id, in: transaction)
            return (provider.generation, try InventoryBook.entries(of: id, in: transaction)[name])
        }
        guard let entry else { throw Fault.notFound("No inventory of class \(name) for \(id).") }
        return one(entry.inventory, generation, call, modified: entry.updatedAt)
    }

    private func add(_ body: InventoryBody, _ call: Call) async throws -> Reply {
        let id = try call[Self.provider]
        let name = ResourceClass(unchecked: body.resourceClass ?? "")
        let version = call.version
        let generation = try await state.write { ledger in
            _ = try ProviderBook.get(id, in: ledger.transaction)
            try InventoryBody.check(body.inventory, name.name, of: id, version, doing: "create")
            guard try Vocabulary.knows(name, in: ledger.transaction) else {
                throw Fault.badRequest(
                    "Unable to create inventory for resource provider \(id): \(PlacementFault.unknownClass(name))",
                    field: "resource_class")
            }
            guard try InventoryBook.entries(of: id, in: ledger.transaction)[name] == nil else {
                throw Fault.conflict(
                    "Update conflict: the resource provider \(id) has an inventory of class \(name) already; change it "
                        + "with PUT.", code: PlacementFault.Code.concurrentUpdate)
            }
            try InventoryBook.insert(body.inventory, name, of: id, in: ledger)
            return try ledger.advance(id)
        }
        return one(
            body.inventory, generation, call, status: 201, modified: state.time.now(),
            location: "/resource_providers/\(id)/inventories/\(name)")
    }

    private func replace(_ body: InventoriesBody, _ call: Call) async throws -> Reply {
        let id = try call[Self.provider]
        let version = call.version
        let wanted = body.byClass
        let generation = try await state.write { ledger in
            let provider = try ProviderBook.get(id, in: ledger.transaction)
            guard provider.generation == body.generation else { throw PlacementFault.generationConflict() }
            for (name, inventory) in wanted.sorted(by: { $0.key < $1.key }) {
                try InventoryBody.check(inventory, name.name, of: id, version, doing: "update")
            }
            return try InventoryBook.replace(of: provider, by: wanted, in: ledger)
        }
        return list(generation, wanted, call)
    }

    private func update(_ body: InventoryBody, _ call: Call) async throws -> Reply {
        let id = try call[Self.provider]
        let name = ResourceClass(unchecked: try call[Self.resourceClass])
        let version = call.version
        let generation = try await state.write { ledger in
            let provider = try ProviderBook.get(id, in: ledger.transaction)
            guard provider.generation == body.generation else { throw PlacementFault.generationConflict() }
            try InventoryBody.check(body.inventory, name.name, of: id, version, doing: "update")
            guard try InventoryBook.entries(of: id, in: ledger.transaction)[name] != nil else {
                throw Fault.badRequest(
                    "No inventory record with resource class for resource provider \(id): No inventory of class \(name) "
                        + "found; create it with POST.", field: "resource_class")
            }
            try InventoryBook.update(body.inventory, name, of: id, in: ledger)
            return try ledger.advance(id, from: provider.generation)
        }
        return one(body.inventory, generation, call)
    }

    private func delete(_ call: Call) async throws -> Reply {
        let id = try call[Self.provider]
        let name = ResourceClass(unchecked: try call[Self.resourceClass])
        try await state.write { ledger in
            _ = try ProviderBook.get(id, in: ledger.transaction)
            guard let entry = try InventoryBook.entries(of: id, in: ledger.transaction)[name] else {
                throw Fault.notFound("No inventory of class \(name) found for delete.")
            }
            guard entry.used == 0 else {
                throw Fault.conflict(
                    "Unable to delete inventory of class \(name): Inventory for '\(name)' on resource provider '\(id)' "
                        + "in use.", code: PlacementFault.Code.concurrentUpdate)
            }
            try ledger.transaction.execute(
                "DELETE FROM inventories WHERE provider = \(id) AND resource_class = \(name)")
            try ledger.advance(id)
        }
        return .empty()
    }

    private func one(
        _ inventory: Inventory, _ generation: Int, _ call: Call, status: Int = 200, modified: Timestamp? = nil,
        location: String? = nil
    ) -> Reply {
        var json = JSONWriter()
        json.object { json in
            inventory.write(to: &json)
            json.member("resource_provider_generation", generation)
        }
        return call.json(json, status: status, modified: modified, location: location)
    }

    private func list(
        _ generation: Int, _ inventories: [ResourceClass: Inventory], _ call: Call, modified: Timestamp? = nil
    ) -> Reply {
        var json = JSONWriter()
        json.object { json in
            json.member("resource_provider_generation", generation)
            json.member("inventories") { json in
                json.object { json in
                    for (name, inventory) in inventories.sorted(by: { $0.key < $1.key }) {
                        json.member(name.name) { json in json.object { json in inventory.write(to: &json) } }
                    }
                }
            }
        }
        return call.json(json, modified: modified)
    }
}

extension Inventory {
    func write(to json: inout JSONWriter) {
        json.member("total", total)
        json.member("reserved", reserved)
        json.member("min_unit", minUnit)
        json.member("max_unit", maxUnit)
        json.member("step_size", stepSize)
        json.member("allocation_ratio", allocationRatio)
    }
}
