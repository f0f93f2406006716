import API
import HTTPTypes
import Model

/// The versions of the image API. There is no header for them: a minor version says that a feature is on.
struct VersionEndpoints: Sendable {
    private let versions: [String]

    /// 2.8 and 2.10 to 2.13 mean several stores, 2.14, 2.16 and 2.18 the cache: only what is served is announced. Clients look for the
    /// highest one, and glanceclient for 2.12 before it deletes from a store, and for 2.17 before it adds a location.
    init(hasStores: Bool) {
        let missing: Set<Int> = hasStores ? [14, 16] : [8, 10, 11, 12, 13, 14, 16]
        versions = (0...17).reversed().filter { !missing.contains($0) }.map { "v2.\($0)" }
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/", "List the API's versions", query: .anything, access: .open,
                answers: Endpoint.Answer(status: 300, schema: Schema.of(VersionListView.self))
            ) { call in try .json(list(call), status: 300) },
            Endpoint(
                .get, "/versions", "List the API's versions, as a page that was found", query: .anything,
                access: .open, answers: .json(VersionListView.self)
            ) { call in try .json(list(call)) },
            Endpoint(
                .get, "/healthcheck", "Say that the service responds", query: .anything, access: .open,
                answers: .data("text/plain")
            ) { _ in
                var headers: HTTPFields = [:]
                headers[.contentType] = "text/plain; charset=UTF-8"
                return Reply(status: 200, headers: headers, body: .bytes(Array("OK".utf8)))
            },
        ]
    }

    /// Every listed version is `/v2`; what looks like another one is answered with the list.
    ///
    /// A slash at the end leads nowhere: `/v2/images/` is an image without an id, and not the list.
    func rewrite(_ path: String) -> String {
        guard path.utf8.count < 2 || !path.hasSuffix("/") else { return "/nowhere" }
        guard path.hasPrefix("/v") else { return path }
        let rest = path.dropFirst()
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let version = rest[..<end]
        guard version != "v2", version.dropFirst().first?.isNumber == true else { return path }
        guard versions.contains(String(version)) else { return "/" }
        return "/v2\(rest[end...])"
    }

    private func list(_ call: Call) -> VersionListView {
        let links = [VersionListView.Link(rel: "self", href: "\(call.origin)\(call.mount)/v2/")]
        return VersionListView(
            versions: versions.enumerated().map { place, id in
                .init(id: id, status: place == 0 ? "CURRENT" : "SUPPORTED", links: links)
            })
    }
}

struct VersionListView: Codable, Sendable {
    let versions: [Version]

    struct Version: Codable, Sendable {
        let id: String
        let status: String
        let links: [Link]
    }

    struct Link: Codable, Sendable {
        let rel: String
        let href: String
    }
}
