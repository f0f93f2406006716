import HTTPTypes
import Model

/// The page of a service's versions: what each brings, and which operations, parameters and members come or go with it.
public struct VersionPage {
    private let service: Service

    public init(_ service: Service) {
        self.service = service
    }

    /// The page as Markdown; nil where the service has no versions.
    public func markdown() -> String? {
        guard let newest = service.versions.last else { return nil }
        var text = """
            # Versions of the \(service.title)

            Made from the program by `make docs`. Requests name a version in `OpenStack-API-Version: \
            \(service.family.serviceType) \(newest)`; without that header they are of \(service.family.minimum).
            `GET \(service.prefix)/openapi.json` with the same header is the OpenAPI document of that version, and
            `kilonova docs --openapi \(service.name)@\(newest)` prints it.

            | Version | What it brings |
            |---|---|

            """
        for version in service.versions { text += "| \(version) | \(version.text) |\n" }
        for version in service.versions.reversed() {
            let changes = changes(in: version)
            if !changes.isEmpty { text += "\n## \(version)\n\n" + changes.map { "* \($0)\n" }.joined() }
        }
        return text
    }

    /// What came and went, a line for each kind and for each name; what is there from the beginning is in its document.
    private func changes(in version: APIVersion) -> [String] {
        guard version.number > service.family.minimum else { return [] }
        let new = Set(service.endpoints.filter { $0.since == version.number }.map(Self.operation))
        let gone = Set(service.endpoints.filter { $0.until == version.predecessor }.map(Self.operation))
        var lines: [(what: String, operations: Set<String>)] = [
            ("new", new.subtracting(gone)), ("with another body", new.intersection(gone)),
            ("gone", gone.subtracting(new)),
        ]
        var named: [String: Set<String>] = [:]
        for endpoint in service.endpoints where endpoint.isLive(in: version.number) {
            let operation = Self.operation(endpoint)
            // What a new operation takes is in its document.
            if !new.subtracting(gone).contains(operation) {
                for header in endpoint.headers where header.since?.number == version.number {
                    named["header `\(header.name)`", default: []].insert(operation)
                }
                for parameter in endpoint.query.parameters where parameter.since == version.number {
                    named["parameter `\(parameter.name)`", default: []].insert(operation)
                }
            }
            guard endpoint.since != version.number else { continue }
            for member in members(of: endpoint, where: { $0.since == version.number }) {
                named["member `\(member)`", default: []].insert(operation)
            }
            for member in members(of: endpoint, where: { $0.goneSince == version.number }) {
                named["without member `\(member)`", default: []].insert(operation)
            }
        }
        lines += named.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return lines.filter { !$0.operations.isEmpty }.map { line in
            "\(line.what): \(line.operations.sorted().map { "`\($0)`" }.joined(separator: ", "))"
        }
    }

    private func members(
        of endpoint: Endpoint, where isMeant: (ObjectSchema.Property) -> Bool
    ) -> Set<String> {
        var found: Set<String> = []
        for schema in endpoint.answers.compactMap(\.schema) {
            _ = schema.mapObjects { object in
                found.formUnion(object.properties.filter(isMeant).map(\.name))
                return object
            }
        }
        return found
    }

    private static func operation(_ endpoint: Endpoint) -> String { "\(endpoint.method.rawValue) \(endpoint.route)" }
}
