import API
import HTTPTypes
import Model
import Store

/// `/v2/metadefs/namespaces/{namespace_name}/objects`, `/properties` and `/tags`: what a namespace holds.
struct ItemEndpoints: Sendable {
    let store: any StateStore
    let options: ImageOptions
    let time: TimeSource
    let kind: DefinitionItem.Kind

    private static let limit = QueryParameter<String>("limit", "At most so many")
    private static let marker = QueryParameter<String>("marker", "The name of the last one of the page before")

    private var noun: String { kind.rawValue }
    private var plural: String { kind == .property ? "properties" : "\(noun)s" }
    private var name: PathParameter<String> { PathParameter("\(noun)_name", "The name of the \(noun)") }

    private var removal: String { kind == .property ? "remove_metadef_property" : "delete_metadef_\(noun)" }

    private var path: PathTemplate {
        switch kind {
        case .object: "/v2/metadefs/namespaces/\(NamespaceEndpoints.name)/objects"
        case .property: "/v2/metadefs/namespaces/\(NamespaceEndpoints.name)/properties"
        case .tag: "/v2/metadefs/namespaces/\(NamespaceEndpoints.name)/tags"
        }
    }

    private var onePath: PathTemplate {
        switch kind {
        case .object: "/v2/metadefs/namespaces/\(NamespaceEndpoints.name)/objects/\(name)"
        case .property: "/v2/metadefs/namespaces/\(NamespaceEndpoints.name)/properties/\(name)"
        case .tag: "/v2/metadefs/namespaces/\(NamespaceEndpoints.name)/tags/\(name)"
        }
    }

    var all: [Endpoint] { many + single }

    private var many: [Endpoint] {
        [
            Endpoint(
                .get, path, "List the \(plural) of a namespace of definitions",
                query: QueryRules([Self.limit.description, Self.marker.description], unknown: .ignore),
                access: .ruleInHandler("get_metadef_\(plural)"),
                answers: Endpoint.Answer(status: 200, schema: DefinitionForms.list(kind))
            ) { call in try await list(call) },
            Endpoint(
                .delete, path, "Delete all \(plural) of a namespace of definitions", query: .anything,
                access: .ruleInHandler(kind == .tag ? "delete_metadef_tags" : removal), answers: .empty()
            ) { call in
                try await change(call, kind == .tag ? "delete_metadef_tags" : removal) { namespace, transaction in
                    try namespace.checkDeletion()
                    try DefinitionBook.removeAll(kind, of: namespace.name, in: transaction)
                }
                return .empty()
            },
        ]
    }

    private var single: [Endpoint] {
        let shown = DefinitionForms.shown(kind)
        var endpoints = [
            Endpoint(
                .get, onePath, "Show one of the \(plural) of a namespace of definitions", query: .anything,
                access: .ruleInHandler("get_metadef_\(noun)"), answers: Endpoint.Answer(status: 200, schema: shown)
            ) { call in try await show(call) },
            Endpoint(
                .put, onePath, "Change one of the \(plural) of a namespace of definitions", query: .anything,
                body: JSONValue.self, schema: DefinitionForms.sent(kind),
                access: .ruleInHandler("modify_metadef_\(noun)"), answers: Endpoint.Answer(status: 200, schema: shown),
                faults: [.conflict]
            ) { call, body in try await update(call, body) },
            Endpoint(
                .delete, onePath, "Delete one of the \(plural) of a namespace of definitions", query: .anything,
                access: .ruleInHandler(removal), answers: .empty()
            ) { call in try await delete(call) },
        ]
        if kind != .tag {
            endpoints.append(
                Endpoint(
                    .post, path, "Add to the \(plural) of a namespace of definitions", query: .anything,
                    body: JSONValue.self, schema: DefinitionForms.sent(kind),
                    access: .ruleInHandler("add_metadef_\(noun)"),
                    answers: Endpoint.Answer(status: 201, schema: shown), faults: [.conflict]
                ) { call, body in
                    let now = time.now()
                    let item = DefinitionItem(kind, name: body.text("name") ?? "", body, created: now, updated: now)
                    return try await create(item, call)
                })
        }
        return endpoints
    }

    private func list(_ call: Call) async throws -> Reply {
        let isWhole = kind == .property
        let size = try isWhole ? DefinitionBook.most : DefinitionPage.size(call[Self.limit], options)
        let marker = try isWhole ? nil : call[Self.marker]
        let (namespace, items) = try await read(call, "get_metadef_\(plural)") { namespace, transaction in
            try DefinitionBook.list(kind, of: namespace.name, after: marker, most: size, in: transaction)
        }
        var json = JSONWriter()
        json.object { json in
            if isWhole {
                json.member("properties") { json in NamespaceContents.write(items, to: &json) }
            } else {
                json.member(plural) { json in
                    json.array(items) { json, item in item.write(to: &json, in: namespace) }
                }
                DefinitionPage(call, path: "\(namespace.path)/\(plural)", size: size)
                    .write(to: &json, count: items.count, last: items.last?.name, schema: plural)
            }
        }
        return .json(bytes: json.bytes)
    }

    private func show(_ call: Call) async throws -> Reply {
        let name = try call[self.name]
        let (namespace, item) = try await read(call, "get_metadef_\(noun)") { namespace, transaction in
            try DefinitionBook.get(kind, name, of: namespace.name, in: transaction)
        }
        return reply(item, in: namespace)
    }

    func create(_ item: DefinitionItem, _ call: Call) async throws -> Reply {
        let namespace = try await change(call, "add_metadef_\(noun)") { namespace, transaction in
            try DefinitionBook.insert([item], into: namespace.name, in: transaction)
        }
        return reply(item, in: namespace, status: 201)
    }

    private func update(_ call: Call, _ body: JSONValue) async throws -> Reply {
        let name = try call[self.name]
        let now = time.now()
        let (namespace, item) = try await changing(call, "modify_metadef_\(noun)") { namespace, transaction in
            let former = try DefinitionBook.get(kind, name, of: namespace.name, in: transaction)
            let item = DefinitionItem(
                kind, name: body.text("name") ?? name, body, created: former.created, updated: now)
            try DefinitionBook.replace(former, by: item, in: namespace.name, transaction)
            return item
        }
        return reply(item, in: namespace)
    }

    private func delete(_ call: Call) async throws -> Reply {
        let name = try call[self.name]
        try await change(call, removal) { namespace, transaction in
            try namespace.checkDeletion()
            guard try DefinitionBook.remove(kind, name, of: namespace.name, in: transaction) else {
                throw DefinitionBook.unknown(kind, name, namespace.name)
            }
        }
        return .empty()
    }

    private func reply(_ item: DefinitionItem, in namespace: DefinitionNamespace, status: Int = 200) -> Reply {
        var json = JSONWriter()
        item.write(to: &json, in: namespace)
        return .json(bytes: json.bytes, status: status)
    }

    private func read<Value: Sendable>(
        _ call: Call, _ rule: String,
        _ body: @escaping @Sendable (DefinitionNamespace, any Transaction) throws -> Value
    ) async throws -> (DefinitionNamespace, Value) {
        let name = try call[NamespaceEndpoints.name]
        let scope = DefinitionScope(call)
        return try await store.read { transaction in
            let namespace = try NamespaceBook.get(name, scope, in: transaction)
            try scope.check(rule, namespace)
            return (namespace, try body(namespace, transaction))
        }
    }

    private func changing<Value: Sendable>(
        _ call: Call, _ rule: String,
        _ body: @escaping @Sendable (DefinitionNamespace, any Transaction) throws -> Value
    ) async throws -> (DefinitionNamespace, Value) {
        let name = try call[NamespaceEndpoints.name]
        let scope = DefinitionScope(call)
        return try await store.write { transaction in
            let namespace = try NamespaceBook.get(name, scope, in: transaction)
            try scope.check(rule, namespace)
            return (namespace, try body(namespace, transaction))
        }
    }

    /// Runs `body` in the transaction that finds the namespace.
    @discardableResult
    func change(
        _ call: Call, _ rule: String,
        _ body: @escaping @Sendable (DefinitionNamespace, any Transaction) throws -> Void
    ) async throws -> DefinitionNamespace {
        try await changing(call, rule, body).0
    }
}
