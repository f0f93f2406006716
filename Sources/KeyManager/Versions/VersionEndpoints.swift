import API
import HTTPTypes

/// The versions of the key manager's API: one, in the form that Barbican has for 1.0, by which clients know that there are no others.
enum VersionEndpoints {
    static var all: [Endpoint] {
        [
            Endpoint(
                .get, "/", "List the API's versions", query: .anything, access: .open,
                answers: Endpoint.Answer(status: 300, schema: Schema.of(VersionListView.self))
            ) { call in
                try .json(VersionListView(versions: .init(values: [VersionView(call)])), status: 300)
            },
            Endpoint(
                .get, "/v1", "Show the API's version", query: .anything, access: .open,
                answers: .json(OneVersionView.self)
            ) { call in try .json(OneVersionView(version: VersionView(call))) },
        ]
    }
}

/// The list of versions on the wire.
struct VersionListView: Codable, Sendable {
    let versions: Values

    struct Values: Codable, Sendable {
        let values: [VersionView]
    }
}

/// One version on the wire, alone.
struct OneVersionView: Codable, Sendable {
    let version: VersionView
}

/// A version on the wire.
struct VersionView: Codable, Sendable {
    let id: String
    let status: String
    let links: [Link]
    let mediaTypes: [MediaTypeView]

    enum CodingKeys: String, CodingKey {
        case id, status, links
        case mediaTypes = "media-types"
    }

    struct Link: Codable, Sendable {
        let rel: String
        let href: String
    }

    struct MediaTypeView: Codable, Sendable {
        let base: String
        let type: String
    }

    init(_ call: Call) {
        id = "v1"
        status = "stable"
        links = [Link(rel: "self", href: "\(call.origin)\(call.mount)/v1/")]
        mediaTypes = [
            MediaTypeView(base: "application/json", type: "application/vnd.openstack.key-manager-v1+json")
        ]
    }
}
