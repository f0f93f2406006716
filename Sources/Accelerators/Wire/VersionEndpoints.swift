import API
import Conventions
import HTTPTypes

/// The discovery documents at `/` and `/v2`, which need no token.
enum VersionEndpoints {
    private static let maximum = "\(AcceleratorFamily().maximum)"
    private static let minimum = "\(AcceleratorFamily().minimum)"

    static let all: [Endpoint] = [
        Endpoint(.get, "/", "Show the API's versions", query: .anything, access: .open, answers: .json(Versions.self)) {
            call in
            let version = Versions.Version(
                id: "v2", status: "CURRENT", maximum: maximum, minimum: minimum,
                links: [WebLink(href: "\(call.origin)/accelerator/v2", rel: "self")])
            return try .json(
                Versions(
                    name: "OpenStack Cyborg API",
                    description: "The accelerator API: devices, device profiles and accelerator requests.",
                    versions: [version], standard: version))
        },
        Endpoint(
            .get, "/v2", "Show version 2 of the API", query: .anything, access: .open,
            answers: .json(Versions.Version.self)
        ) { call in
            try .json(
                Versions.Version(
                    id: "v2.0", status: "CURRENT", maximum: maximum, minimum: minimum,
                    links: [WebLink(href: "\(call.origin)/accelerator/v2/", rel: "self")]))
        },
    ]

    struct Versions: Codable, Sendable {
        let name: String
        let description: String
        let versions: [Version]
        let standard: Version

        enum CodingKeys: String, CodingKey {
            case name, description, versions
            case standard = "default_version"
        }

        struct Version: Codable, Sendable {
            let id: String
            let status: String
            let maximum: String
            let minimum: String
            let links: [WebLink]

            enum CodingKeys: String, CodingKey {
                case id, status, links
                case maximum = "max_version"
                case minimum = "min_version"
            }
        }
    }
}
