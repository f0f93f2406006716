import API
import HTTPTypes
import Model

/// The discovery document at the mount point, which needs no token.
enum VersionEndpoint {
    static let all: [Endpoint] = [
        Endpoint(.get, "/", "Show the API's versions", query: .anything, access: .open, answers: .schema(form)) {
            call in
            var json = JSONWriter()
            json.object { json in
                json.member("versions") { json in json.array(CollectionOfOne(())) { json, _ in version(&json) } }
            }
            return call.json(json)
        }
    ]

    private static let form = Schema.fields(
        .required(
            "versions",
            .array(
                .fields(
                    .required("id", .string), .required("min_version", .string), .required("max_version", .string),
                    .required("status", .string),
                    .required("links", .array(.fields(.required("rel", .string), .required("href", .string))))))))

    private static func version(_ json: inout JSONWriter) {
        let family = PlacementFamily()
        json.object { json in
            json.member("id", "v\(family.minimum)")
            json.member("max_version", "\(family.maximum)")
            json.member("min_version", "\(family.minimum)")
            json.member("status", "CURRENT")
            json.member("links") { json in
                json.array(CollectionOfOne("")) { json, here in
                    json.object { json in
                        json.member("rel", "self")
                        json.member("href", here)
                    }
                }
            }
        }
    }
}
