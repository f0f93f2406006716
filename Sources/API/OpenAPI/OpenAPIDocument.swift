import HTTPTypes
public import Model

/// The OpenAPI 3.1 document of a service, made from its list of endpoints. The same endpoints give the same bytes.
///
/// Endpoints that share method and path differ in their range of microversions; OpenAPI has one operation for both, so
/// the newest one is described and the ranges are told in `x-openstack-versions`. The document of one version describes
/// what that version has.
///
/// Actions share method and path in one version. Each is an operation of its own, under the path with a fragment
/// (`/servers/{id}/action#os-start`): it is another key of `paths`, and clients that send to it leave the fragment out.
public struct OpenAPIDocument {
    private let service: Service
    private let version: Microversion?

    /// - Parameter version: describes this version alone; nil describes all versions together
    public init(_ service: Service, version: Microversion? = nil) {
        self.service = service
        self.version = version
    }

    private var endpoints: [Endpoint] {
        service.endpoints.filter { endpoint in version.map { endpoint.isLive(in: $0) } ?? true }
    }

    /// The document, indented so that a change shows in a review.
    public func json() -> [UInt8] {
        var components: [String: Schema] = [:]
        let paths = paths(&components)
        var document: [JSONValue.Member] = [
            .init("openapi", .text("3.1.0")),
            .init(
                "info",
                .object([
                    .init("title", .text(service.title)),
                    .init("version", .text("\(version ?? service.family.maximum)")),
                    .init(
                        "license",
                        .object([.init("name", .text("Apache-2.0")), .init("identifier", .text("Apache-2.0"))])),
                ])),
            .init("servers", .array(servers)),
            .init("security", .array([.object([.init("token", .array([]))])])),
            .init("paths", .object(paths)),
        ]
        var named: [JSONValue.Member] = []
        while let next = components.filter({ name, _ in !named.contains { $0.name == name } }).min(by: {
            $0.key < $1.key
        }) {
            named.append(.init(next.key, next.value.openAPI(&components)))
        }
        document.append(
            .init(
                "components",
                .object([
                    .init(
                        "securitySchemes",
                        .object([
                            .init(
                                "token",
                                .object([
                                    .init("type", .text("apiKey")), .init("in", .text("header")),
                                    .init("name", .text("X-Auth-Token")),
                                ]))
                        ])),
                    .init("responses", .object([.init("Fault", fault(&components))])),
                    .init("schemas", .object(named.sorted { $0.name < $1.name })),
                ])))
        return [UInt8](JSONValue.object(document).printed.utf8)
    }

    private var servers: [JSONValue] {
        let plain = JSONValue.object([.init("url", .text(service.prefix))])
        guard service.takesProject else { return [plain] }
        let project = JSONValue.object([
            .init("default", .text("")), .init("description", .text("The id of the token's project.")),
        ])
        return [
            plain,
            .object([
                .init("url", .text("\(service.prefix)/{project_id}")),
                .init("variables", .object([.init("project_id", project)])),
            ]),
        ]
    }

    private func fault(_ components: inout [String: Schema]) -> JSONValue {
        .object([
            .init("description", .text("What was wrong, and what would be right.")),
            .init("content", content(service.family.faultSchema, &components)),
        ])
    }

    private func paths(_ components: inout [String: Schema]) -> [JSONValue.Member] {
        let byPath = Dictionary(grouping: endpoints, by: \.route)
        var paths: [JSONValue.Member] = []
        for (path, endpoints) in byPath.sorted(by: { $0.key < $1.key }) {
            var item: [JSONValue.Member] = []
            let byMethod = Dictionary(grouping: endpoints, by: \.method.rawValue)
            for (method, variants) in byMethod.sorted(by: { $0.key < $1.key }) {
                guard
                    let newest = variants.max(by: {
                        $0.since ?? service.family.minimum < $1.since ?? service.family.minimum
                    })
                else { continue }
                item.append(.init(method.lowercased(), operation(newest, variants, &components)))
            }
            paths.append(.init(path, .object(item)))
        }
        return paths
    }

    private func operation(
        _ endpoint: Endpoint, _ variants: [Endpoint], _ components: inout [String: Schema]
    ) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("operationId", .text(operationID(endpoint))),
            .init("summary", .text(endpoint.summary)),
            .init("tags", .array([.text(tag(endpoint))])),
        ]
        let ranges = variants.map { "\($0.since ?? service.family.minimum) to \($0.until ?? service.family.maximum)" }
        members.append(.init("x-openstack-versions", .array(ranges.sorted().map(JSONValue.text))))
        if endpoint.access == .open { members.append(.init("security", .array([]))) }
        if case .rule(let rule) = endpoint.access { members.append(.init("x-openstack-policy", .text(rule))) }
        if case .ruleInHandler(let rule) = endpoint.access { members.append(.init("x-openstack-policy", .text(rule))) }
        if let action = endpoint.action { members.append(.init("x-openstack-action", .text(action))) }
        let parameters = parameters(endpoint, &components)
        if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
        if let body = endpoint.body {
            members.append(
                .init(
                    "requestBody",
                    .object([
                        .init("required", .bool(true)),
                        .init("content", content(body, &components)),
                    ])))
        }
        members.append(.init("responses", .object(responses(endpoint, &components))))
        return .object(members)
    }

    private func responses(_ endpoint: Endpoint, _ components: inout [String: Schema]) -> [JSONValue.Member] {
        var responses: [Int: JSONValue] = [:]
        for answer in endpoint.answers {
            var response: [JSONValue.Member] = [.init("description", .text(answer.note ?? "Done."))]
            let headers = endpoint.headers(ofStatus: answer.status, service.family).filter { $0.isLive(in: version) }
            if !headers.isEmpty {
                response.append(.init("headers", .object(headers.map { .init($0.name.rawName, $0.openAPI) })))
            }
            if answer.isData {
                let types = endpoint.answers.filter { $0.status == answer.status && $0.isData }.map(\.mediaType)
                response.append(.init("content", .object(types.map { .init($0.description, .object([])) })))
            } else if let schema = answer.schema {
                response.append(.init("content", content(schema, &components)))
            }
            responses[answer.status] = .object(response)
        }
        for kind in endpoint.documentedFaults where responses[kind.status] == nil {
            responses[kind.status] = .object([.init("$ref", .text("#/components/responses/Fault"))])
        }
        return responses.sorted { $0.key < $1.key }.map { .init("\($0.key)", $0.value) }
    }

    private func parameters(_ endpoint: Endpoint, _ components: inout [String: Schema]) -> [JSONValue] {
        var parameters: [JSONValue] = []
        for parameter in endpoint.path.parameters {
            parameters.append(describe(parameter, "path", &components))
        }
        for parameter in endpoint.query.parameters where parameter.isLive(in: version) {
            parameters.append(describe(parameter, "query", &components))
        }
        var headers = endpoint.headers
        if endpoint.answers.contains(where: { $0.status == 206 }) { headers.append(Self.range) }
        for header in headers.map(\.description) where header.isLive(in: version) {
            parameters.append(describe(header, "header", &components))
        }
        return parameters
    }

    private func describe(
        _ parameter: ParameterDescription, _ place: String, _ components: inout [String: Schema]
    ) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .text(parameter.name)), .init("in", .text(place)),
            .init("description", .text(parameter.text)),
            .init("required", .bool(place == "path" || parameter.isRequired)),
        ]
        let schema = parameter.schema.openAPI(&components)
        if parameter.isRepeatable {
            members.append(.init("schema", .object([.init("type", .text("array")), .init("items", schema)])))
            members.append(.init("explode", .bool(true)))
        } else {
            members.append(.init("schema", schema))
        }
        if let since = parameter.since { members.append(.init("x-openstack-min-version", .text("\(since)"))) }
        return .object(members)
    }

    private static let range = HeaderParameter(
        "Range", "One range of the data: bytes=FIRST-LAST, bytes=FIRST- or bytes=-COUNT")

    private func content(_ body: BodyRules, _ components: inout [String: Schema]) -> JSONValue {
        var types: [JSONValue.Member] = []
        for content in body.contents {
            let schema = content.schema.map { [JSONValue.Member("schema", $0.at(version).openAPI(&components))] } ?? []
            types.append(.init(content.type.description, .object(schema)))
        }
        return .object(types)
    }

    private func content(_ schema: Schema, _ components: inout [String: Schema]) -> JSONValue {
        .object([.init("application/json", .object([.init("schema", schema.at(version).openAPI(&components))]))])
    }

    /// `get_resource_providers_uuid`: stable, unique, and a name in most languages.
    private func operationID(_ endpoint: Endpoint) -> String {
        let words = endpoint.path.segments.map { segment in
            switch segment {
            case .literal(let text): text
            case .parameter(let name): "by_\(name)"
            }
        }
        let name = ([endpoint.method.rawValue.lowercased()] + words).joined(separator: "_")
        let full = endpoint.action.map { "\(name)_\($0)" } ?? name
        return String(full.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
            + (endpoint.path.hasTrailingSlash ? "_slash" : "")
    }

    private func tag(_ endpoint: Endpoint) -> String {
        for case .literal(let text) in endpoint.path.segments where text != "v2" && text != "v3" && text != "v1" {
            return text
        }
        return service.name
    }
}
