import API
import HTTPTypes
import Model
import Store

/// `/v2/metadefs/namespaces`: namespaces of definitions of metadata.
struct NamespaceEndpoints: Sendable {
    let store: any StateStore
    let options: ImageOptions
    let time: TimeSource

    static let name = PathParameter<DefinitionNamespaceName>("namespace_name", "The name of the namespace")
    private static let limit = QueryParameter<String>("limit", "At most so many")
    private static let marker = QueryParameter<String>("marker", "The name of the last one of the page before")
    private static let visibility = QueryParameter<String>("visibility", "public or private")
    private static let types = QueryParameter<String>(
        "resource_types", "Only namespaces for one of these types of resources, separated by commas")
    private static let sortKey = QueryParameter<String>("sort_key", "created_at, updated_at or namespace")
    private static let sortDirection = QueryParameter<String>("sort_dir", "asc or desc")
    private static let path: PathTemplate = "/v2/metadefs/namespaces"
    private static let onePath: PathTemplate = "/v2/metadefs/namespaces/\(name)"

    var all: [Endpoint] {
        let shown = Endpoint.Answer(status: 200, schema: DefinitionForms.shownNamespace)
        return [
            Endpoint(
                .get, Self.path, "List namespaces of definitions",
                query: QueryRules(
                    [
                        Self.limit.description, Self.marker.description, Self.visibility.description,
                        Self.types.description, Self.sortKey.description, Self.sortDirection.description,
                    ], unknown: .ignore), access: .rule("get_metadef_namespaces"),
                answers: Endpoint.Answer(status: 200, schema: DefinitionForms.namespaces)
            ) { call in try await list(call) },
            Endpoint(
                .post, Self.path, "Create a namespace of definitions", query: .anything, body: JSONValue.self,
                schema: DefinitionForms.sentNamespace, access: .rule("add_metadef_namespace"),
                answers: Endpoint.Answer(status: 201, schema: DefinitionForms.shownNamespace).sending(.location),
                faults: [.conflict]
            ) { call, body in try await create(call, body) },
            Endpoint(
                .get, Self.onePath, "Show a namespace of definitions", query: .anything,
                access: .ruleInHandler("get_metadef_namespace"), answers: shown
            ) { call in try await show(call) },
            Endpoint(
                .put, Self.onePath, "Change a namespace of definitions", query: .anything, body: JSONValue.self,
                schema: DefinitionForms.sentNamespace, access: .ruleInHandler("modify_metadef_namespace"),
                answers: shown, faults: [.conflict]
            ) { call, body in try await update(call, body) },
            Endpoint(
                .delete, Self.onePath, "Delete a namespace of definitions, with all that it holds", query: .anything,
                access: .ruleInHandler("delete_metadef_namespace"), answers: .empty()
            ) { call in try await delete(call) },
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let scope = DefinitionScope(call)
        let sort = try NamespaceSort(key: try call[Self.sortKey], direction: try call[Self.sortDirection])
        let size = try DefinitionPage.size(try call[Self.limit], options)
        var conditions = scope.visible
        if let text = try call[Self.visibility] {
            guard let visibility = DefinitionNamespace.Visibility(rawValue: text) else {
                throw Fault.badRequest(
                    "Invalid visibility value: \(text.shown); it must be public or private.", field: "visibility")
            }
            conditions += " AND n.visibility = \(visibility.rawValue)"
        }
        if let text = try call[Self.types] {
            let types = text.split(separator: ",").prefix(100).map(String.init)
            conditions += """
                 AND EXISTS (SELECT 1 FROM definition_associations a
                    WHERE a.namespace = n.name AND a.type IN \(list: types))
                """
        }
        let marker = try call[Self.marker].map { DefinitionNamespaceName($0) }
        typealias Found = ([DefinitionNamespace], [DefinitionNamespaceName: [DefinitionAssociation]])
        let (found, associations) = try await store.read { [conditions] transaction -> Found in
            var conditions = conditions
            if let marker {
                let last = try Self.marker(marker, scope, in: transaction)
                conditions += " AND " + sort.after(last)
            }
            if size == 0 { return ([], [:]) }
            let found = try transaction.all(
                """
                SELECT \(DefinitionNamespace.columns) FROM definition_namespaces n
                WHERE \(conditions)\(sort.order) LIMIT \(size)
                """
            ) { row in try DefinitionNamespace(row) }
            return (found, try NamespaceBook.associations(of: found.map(\.name), in: transaction))
        }
        let page = DefinitionPage(call, path: Self.path.description, size: size)
        var json = JSONWriter(capacity: 256 + 512 * found.count)
        json.object { json in
            json.member("namespaces") { json in
                json.array(found.filter { scope.allows("get_metadef_namespace", $0) }) { json, namespace in
                    json.object { json in
                        namespace.write(to: &json)
                        Self.write(associations[namespace.name] ?? [], to: &json)
                    }
                }
            }
            page.write(to: &json, count: found.count, last: found.last?.name.text, schema: "namespaces")
        }
        return .json(bytes: json.bytes)
    }

    private static func marker(
        _ name: DefinitionNamespaceName, _ scope: DefinitionScope, in transaction: any Transaction
    ) throws -> DefinitionNamespace {
        do {
            return try NamespaceBook.get(name, scope, in: transaction)
        } catch let fault as Fault where fault.kind == .notFound {
            throw DefinitionPage.unknown(name.text)
        }
    }

    private func create(_ call: Call, _ body: JSONValue) async throws -> Reply {
        let now = time.now()
        let namespace = DefinitionNamespace(body, owner: call.caller.project, created: now, updated: now)
        let contents = NamespaceContents(body, at: now)
        try await store.write { transaction in
            try NamespaceBook.insert(namespace, in: transaction)
            try contents.insert(into: namespace.name, in: transaction)
        }
        var headers: HTTPFields = [:]
        headers[.location] = "\(call.origin)\(call.mount)\(namespace.path)"
        return .json(bytes: contents.bytes(of: namespace), status: 201, headers: headers)
    }

    private func show(_ call: Call) async throws -> Reply {
        let name = try call[Self.name]
        let scope = DefinitionScope(call)
        let (namespace, contents) = try await store.read { transaction -> (DefinitionNamespace, NamespaceContents) in
            let namespace = try NamespaceBook.get(name, scope, in: transaction)
            try scope.check("get_metadef_namespace", namespace)
            return (namespace, try NamespaceContents(of: name, in: transaction))
        }
        return .json(bytes: contents.bytes(of: namespace))
    }

    private func update(_ call: Call, _ body: JSONValue) async throws -> Reply {
        let name = try call[Self.name]
        let scope = DefinitionScope(call)
        let now = time.now()
        let namespace = try await store.write { transaction -> DefinitionNamespace in
            let former = try NamespaceBook.get(name, scope, in: transaction)
            try scope.check("modify_metadef_namespace", former)
            let namespace = DefinitionNamespace(body, owner: former.owner, created: former.created, updated: now)
            try NamespaceBook.replace(former, by: namespace, in: transaction)
            return namespace
        }
        var json = JSONWriter()
        json.object { json in namespace.write(to: &json) }
        return .json(bytes: json.bytes)
    }

    private func delete(_ call: Call) async throws -> Reply {
        let name = try call[Self.name]
        let scope = DefinitionScope(call)
        try await store.write { transaction in
            let namespace = try NamespaceBook.get(name, scope, in: transaction)
            try scope.check("delete_metadef_namespace", namespace)
            try namespace.checkDeletion()
            try NamespaceBook.delete(name, in: transaction)
        }
        return .empty()
    }

    static func write(_ associations: [DefinitionAssociation], to json: inout JSONWriter) {
        json.member("resource_type_associations") { json in
            json.array(associations) { json, association in association.write(to: &json) }
        }
    }
}

extension DefinitionNamespace {
    /// Throws 403 where it is protected.
    func checkDeletion() throws(Fault) {
        guard !isProtected else {
            throw .forbidden("Metadata definition namespace '\(name.text.shown)' is protected and cannot be deleted.")
        }
    }
}
