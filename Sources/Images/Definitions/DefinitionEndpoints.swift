import API
import HTTPTypes
import Model

/// `/v2/metadefs`: definitions of metadata. There are none, and these answers say so in the forms that clients read.
enum DefinitionEndpoints {
    private static let name = PathParameter<String>("namespace_name", "The name of the namespace")

    static let all: [Endpoint] = [
        Endpoint(
            .get, "/v2/metadefs/namespaces", "List namespaces of definitions", query: .anything,
            access: .rule("get_metadef_namespaces"), answers: .json(NamespaceListView.self)
        ) { _ in try .json(NamespaceListView()) },
        Endpoint(
            .get, "/v2/metadefs/namespaces/\(name)", "Show a namespace of definitions", query: .anything,
            access: .rule("get_metadef_namespace"), answers: .json(NamespaceView.self)
        ) { call in
            let asked = try call[name]
            throw Fault.notFound("Metadata definition namespace not found: \(asked.shown)")
        },
        Endpoint(
            .get, "/v2/metadefs/resource_types", "List types of resources with definitions", query: .anything,
            access: .rule("list_metadef_resource_types"), answers: .json(ResourceTypeListView.self)
        ) { _ in try .json(ResourceTypeListView()) },
    ]
}

struct NamespaceView: Codable, Sendable {
    let namespace: String
}

struct NamespaceListView: Codable, Sendable {
    var namespaces: [NamespaceView] = []
    var schema = "/v2/schemas/metadefs/namespaces"
    var first = "/v2/metadefs/namespaces"
}

struct ResourceTypeListView: Codable, Sendable {
    var types: [String] = []

    enum CodingKeys: String, CodingKey {
        case types = "resource_types"
    }
}
