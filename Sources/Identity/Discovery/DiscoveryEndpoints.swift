import API
import HTTPTypes
import Model

/// The available versions, for clients that know only the address. Needs no token.
struct DiscoveryEndpoints: Sendable {
    let context: IdentityContext

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/", "Show the versions", query: .anything, access: .open, answers: Self.versions
            ) { call in
                let base = context.base(call)
                var json = JSONWriter()
                json.object { json in
                    json.member("versions") { json in
                        json.object { json in
                            json.member("values") { json in
                                json.array([base]) { json, base in Self.version(&json, base) }
                            }
                        }
                    }
                }
                return .json(bytes: json.bytes, status: 300, headers: [.location: base + "/v3/"])
            },
            Endpoint(
                .get, "/v3", "Show version 3", query: .anything, access: .open, answers: .one("version")
            ) { call in
                var json = JSONWriter()
                json.object { json in
                    json.member("version") { json in Self.version(&json, context.base(call)) }
                }
                return .json(bytes: json.bytes)
            },
        ]
    }

    private static let versions = Endpoint.Answer(
        status: 300,
        schema: .object(
            ObjectSchema([
                .required("versions", .object(ObjectSchema([.required("values", .array(AnswerForms.one("version")))])))
            ]))
    ).sending(AnswerHeader(.location, "The address of version 3"))

    private static func version(_ json: inout JSONWriter, _ base: String) {
        json.object { json in
            json.member("id", "v3.14")
            json.member("status", "stable")
            json.member("updated", "2020-04-07T00:00:00Z")
            json.member("links") { json in
                json.array([base]) { json, base in
                    json.object { json in
                        json.member("rel", "self")
                        json.member("href", base + "/v3/")
                    }
                }
            }
            json.member("media-types") { json in
                json.array(["application/vnd.openstack.identity-v3+json"]) { json, type in
                    json.object { json in
                        json.member("base", "application/json")
                        json.member("type", type)
                    }
                }
            }
        }
    }
}
