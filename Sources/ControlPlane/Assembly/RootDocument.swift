import API
import FoundationEssentials
import HTTPTypes

/// The response to `GET /`: the services of this process and their URLs.
enum RootDocument {
    private struct Entry: Encodable {
        let name: String
        let title: String
        let links: [Link]
    }

    private struct Link: Encodable {
        let rel: String
        let href: String
    }

    static func answer(_ services: [(name: String, title: String, prefix: String)]) -> @Sendable (APIRequest) -> Reply?
    {
        { request in
            guard request.target == "/", request.method == .get || request.method == .head else { return nil }
            let entries = services.map { service in
                Entry(
                    name: service.name, title: service.title,
                    links: [
                        Link(rel: "self", href: request.peer.origin + service.prefix),
                        Link(rel: "service-desc", href: request.peer.origin + service.prefix + "/openapi.json"),
                    ])
            }
            return try? .json(["services": entries])
        }
    }
}
