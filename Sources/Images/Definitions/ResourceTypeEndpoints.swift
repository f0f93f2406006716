import API
import HTTPTypes
import Model
import Store

/// `/v2/metadefs/resource_types`, and which of them a namespace is for.
struct ResourceTypeEndpoints: Sendable {
    let store: any StateStore
    let time: TimeSource

    private static let name = PathParameter<String>("name", "The name of the type of resources")
    private static let path: PathTemplate = "/v2/metadefs/namespaces/\(NamespaceEndpoints.name)/resource_types"

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/metadefs/resource_types", "List types of resources with definitions", query: .anything,
                access: .rule("list_metadef_resource_types"),
                answers: Endpoint.Answer(status: 200, schema: DefinitionForms.types)
            ) { _ in try await types() },
            Endpoint(
                .get, Self.path, "List the types of resources that a namespace of definitions is for",
                query: .anything, access: .ruleInHandler("get_metadef_resource_type"),
                answers: Endpoint.Answer(status: 200, schema: DefinitionForms.associations)
            ) { call in try await list(call) },
            Endpoint(
                .post, Self.path, "Say that a namespace of definitions is for a type of resources", query: .anything,
                body: JSONValue.self, schema: DefinitionForms.sentAssociation,
                access: .ruleInHandler("add_metadef_resource_type_association"),
                answers: Endpoint.Answer(status: 201, schema: DefinitionForms.shownAssociation), faults: [.conflict]
            ) { call, body in try await create(call, body) },
            Endpoint(
                .delete, "/v2/metadefs/namespaces/\(NamespaceEndpoints.name)/resource_types/\(Self.name)",
                "Say that a namespace of definitions is not for a type of resources", query: .anything,
                access: .ruleInHandler("remove_metadef_resource_type_association"), answers: .empty()
            ) { call in try await delete(call) },
        ]
    }

    private func types() async throws -> Reply {
        let types = try await store.read { try NamespaceBook.types(in: $0) }
        var json = JSONWriter()
        json.object { json in
            json.member("resource_types") { json in
                json.array(types) { json, type in
                    json.object { json in
                        json.member("name", type.name)
                        if let created = type.created {
                            json.member("created_at", created.wire)
                            json.member("updated_at", created.wire)
                        }
                    }
                }
            }
        }
        return .json(bytes: json.bytes)
    }

    private func list(_ call: Call) async throws -> Reply {
        let name = try call[NamespaceEndpoints.name]
        let scope = DefinitionScope(call)
        let associations = try await store.read { transaction -> [DefinitionAssociation] in
            let namespace = try NamespaceBook.get(name, scope, in: transaction)
            try scope.check("get_metadef_resource_type", namespace)
            return try NamespaceBook.associations(of: [name], in: transaction)[name] ?? []
        }
        var json = JSONWriter()
        json.object { json in NamespaceEndpoints.write(associations, to: &json) }
        return .json(bytes: json.bytes)
    }

    private func create(_ call: Call, _ body: JSONValue) async throws -> Reply {
        let name = try call[NamespaceEndpoints.name]
        let scope = DefinitionScope(call)
        let association = DefinitionAssociation(body, at: time.now())
        try await store.write { transaction in
            let namespace = try NamespaceBook.get(name, scope, in: transaction)
            try scope.check("add_metadef_resource_type_association", namespace)
            try NamespaceBook.insert([association], of: name, in: transaction)
        }
        var json = JSONWriter()
        association.write(to: &json)
        return .json(bytes: json.bytes, status: 201)
    }

    private func delete(_ call: Call) async throws -> Reply {
        let name = try call[NamespaceEndpoints.name]
        let type = try call[Self.name]
        let scope = DefinitionScope(call)
        try await store.write { transaction in
            let namespace = try NamespaceBook.get(name, scope, in: transaction)
            try scope.check("remove_metadef_resource_type_association", namespace)
            try namespace.checkDeletion()
            guard try NamespaceBook.remove(type: type, of: name, in: transaction) else {
                throw Fault.notFound(
                    "Metadata definition resource type association not found: \(type.shown) in namespace "
                        + name.text.shown)
            }
        }
        return .empty()
    }
}
