import API
import Foundation
import HTTPTypes
import Model
import TestJSON
import TestStore
import Testing

@testable import Images

/// Every endpoint by every persona: who may, by upstream's defaults.
@Suite struct AccessTests {
    /// Of an image that project `blue` owns and shares with nobody.
    enum Gate: Sendable {
        case open
        /// With a token.
        case any
        case reader
        case member
        case admin
        case adminOrService
        case memberOrService
    }

    private static let image = "/v2/images/{image_id}"

    /// By method and path, with the gate and a body that is in order.
    static let rows = images.merging(definitions) { first, _ in first }

    private static let space = "/v2/metadefs/namespaces/{namespace_name}"
    private static let property: JSON = ["name": "x", "title": "X", "type": "string"]

    private static let definitions: [String: (gate: Gate, body: JSON?)] = [
        "GET /v2/metadefs/namespaces": (.reader, nil), "POST /v2/metadefs/namespaces": (.admin, ["namespace": "x"]),
        "GET \(space)": (.reader, nil), "PUT \(space)": (.admin, ["namespace": "y"]), "DELETE \(space)": (.admin, nil),
        "GET \(space)/objects": (.reader, nil), "POST \(space)/objects": (.admin, ["name": "x"]),
        "DELETE \(space)/objects": (.admin, nil), "GET \(space)/objects/{object_name}": (.reader, nil),
        "PUT \(space)/objects/{object_name}": (.admin, ["name": "x"]),
        "DELETE \(space)/objects/{object_name}": (.admin, nil), "GET \(space)/properties": (.reader, nil),
        "POST \(space)/properties": (.admin, property), "DELETE \(space)/properties": (.admin, nil),
        "GET \(space)/properties/{property_name}": (.reader, nil),
        "PUT \(space)/properties/{property_name}": (.admin, property),
        "DELETE \(space)/properties/{property_name}": (.admin, nil), "GET \(space)/tags": (.reader, nil),
        "POST \(space)/tags": (.admin, ["tags": []]), "DELETE \(space)/tags": (.admin, nil),
        "POST \(space)/tags/{tag_name}": (.admin, nil), "GET \(space)/tags/{tag_name}": (.reader, nil),
        "PUT \(space)/tags/{tag_name}": (.admin, ["name": "x"]), "DELETE \(space)/tags/{tag_name}": (.admin, nil),
        "GET \(space)/resource_types": (.reader, nil), "POST \(space)/resource_types": (.admin, ["name": "x"]),
        "DELETE \(space)/resource_types/{name}": (.admin, nil), "GET /v2/metadefs/resource_types": (.reader, nil),
        "GET /v2/schemas/metadefs/namespace": (.any, nil), "GET /v2/schemas/metadefs/namespaces": (.any, nil),
        "GET /v2/schemas/metadefs/resource_type": (.any, nil), "GET /v2/schemas/metadefs/resource_types": (.any, nil),
        "GET /v2/schemas/metadefs/object": (.any, nil), "GET /v2/schemas/metadefs/objects": (.any, nil),
        "GET /v2/schemas/metadefs/property": (.any, nil), "GET /v2/schemas/metadefs/properties": (.any, nil),
        "GET /v2/schemas/metadefs/tag": (.any, nil), "GET /v2/schemas/metadefs/tags": (.any, nil),
    ]

    private static let images: [String: (gate: Gate, body: JSON?)] = [
        "GET /": (.open, nil), "GET /versions": (.open, nil), "GET /healthcheck": (.open, nil),
        "GET /v2/images": (.reader, nil), "POST /v2/images": (.member, [:]), "GET \(image)": (.reader, nil),
        "PATCH \(image)": (.member, [["op": "add", "path": "/a", "value": "b"]]), "DELETE \(image)": (.member, nil),
        "PUT \(image)/file": (.member, nil), "GET \(image)/file": (.member, nil), "PUT \(image)/stage": (.member, nil),
        "POST \(image)/import": (.member, ["method": ["name": "glance-direct"]]),
        "GET \(image)/locations": (.adminOrService, nil),
        "POST \(image)/locations": (.memberOrService, ["url": "http://images.example/a"]),
        "GET \(image)/tasks": (.reader, nil), "POST \(image)/actions/deactivate": (.member, nil),
        "POST \(image)/actions/reactivate": (.member, nil), "PUT \(image)/tags/{tag}": (.member, nil),
        "DELETE \(image)/tags/{tag}": (.member, nil), "GET \(image)/members": (.reader, nil),
        "POST \(image)/members": (.member, ["member": "green"]), "GET \(image)/members/{member_id}": (.reader, nil),
        "PUT \(image)/members/{member_id}": (.admin, ["status": "accepted"]),
        "DELETE \(image)/members/{member_id}": (.member, nil), "DELETE /v2/stores/{store_id}/{image_id}": (.admin, nil),
        "GET /v2/info/import": (.any, nil), "GET /v2/info/stores": (.any, nil),
        "GET /v2/info/stores/detail": (.adminOrService, nil), "GET /v2/info/usage": (.any, nil),
        "GET /v2/tasks": (.admin, nil), "GET /v2/tasks/{task_id}": (.admin, nil),
        "GET /v2/schemas/image": (.any, nil), "GET /v2/schemas/images": (.any, nil),
        "GET /v2/schemas/member": (.any, nil),
        "GET /v2/schemas/members": (.any, nil), "GET /v2/schemas/task": (.any, nil),
        "GET /v2/schemas/tasks": (.any, nil),
        "GET /v2/cache": (.admin, nil),
        "DELETE /v2/cache": (.admin, nil), "PUT /v2/cache/{image_id}": (.admin, nil),
        "DELETE /v2/cache/{image_id}": (.admin, nil), "POST /v2/cache/clean": (.admin, nil),
        "POST /v2/cache/prune": (.admin, nil), "GET /v2/cache/nodes/{image_id}": (.admin, nil),
        "POST /v2/tasks": (
            .admin,
            [
                "type": "import",
                "input": [
                    "import_from": "http://images.example/a", "import_from_format": "raw",
                    "image_properties": ["disk_format": "raw", "container_format": "bare"],
                ],
            ]
        ),
    ]

    @Test func `every endpoint has its row`() async throws {
        let fixture = try await ImageFixture(stores: ["a", "b"])
        let keys = fixture.service.endpoints.map { "\($0.method.rawValue) \($0.path)" }
        #expect(Set(keys) == Set(Self.rows.keys))
    }

    private static func admits(_ gate: Gate, _ persona: Persona) -> Bool {
        switch gate {
        case .open, .any: true
        case .reader: [.admin, .member, .reader].contains(persona)
        case .member: [.admin, .member].contains(persona)
        case .admin: persona == .admin
        // A service sees no image of a project that does not share it with the service's own.
        case .memberOrService: [.admin, .member].contains(persona)
        case .adminOrService: [.admin, .service].contains(persona)
        }
    }

    /// Where the caller's own project is the target, as of lists.
    private static let own: Set<String> = [
        "GET /v2/images", "POST /v2/images", "GET /v2/metadefs/namespaces", "GET /v2/metadefs/resource_types",
    ]

    @Test(arguments: AccessTests.rows.keys.sorted()) func `only those of the row may`(key: String) async throws {
        let row = try #require(Self.rows[key])
        let parts = key.split(separator: " ").map(String.init)
        let method = try #require(HTTPRequest.Method(parts[0]))
        let fixture = try await ImageFixture(stores: ["a", "b"])
        for persona in Persona.allCases {
            let id = try await fixture.bare(["tags": ["t"]])
            #expect(try await fixture.call(.post, "/v2/images/\(id)/members", ["member": "grey"]).status == 200)
            try await fixture.upload([1], to: id)
            let space: JSON = ["namespace": .text(persona.rawValue), "owner": "blue"]
            #expect(try await fixture.call(.post, "/v2/metadefs/namespaces", space, as: .admin).status == 201)
            var path = parts[1]
            for (name, value) in [
                ("{image_id}", id), ("{tag}", "t"), ("{member_id}", "grey"), ("{store_id}", "b"), ("{task_id}", id),
                ("{namespace_name}", persona.rawValue), ("{object_name}", "x"), ("{property_name}", "x"),
                ("{tag_name}", "x"), ("{name}", "x"),
            ] { path = path.replacingOccurrences(of: name, with: value) }
            let isData = path.hasSuffix("/file") || path.hasSuffix("/stage")
            let answer =
                if method == .put, isData {
                    try await fixture.send(
                        method, path, [1], as: persona, headers: [("Content-Type", "application/octet-stream")])
                } else if method == .patch {
                    try await fixture.patch(id, row.body ?? [], as: persona)
                } else {
                    try await fixture.call(method, path, row.body, as: persona)
                }
            if row.gate == .open {
                #expect(answer.status < 400, "\(key) as \(persona)")
                continue
            }
            if persona == .nobody {
                #expect(answer.status == 401, "\(key) as \(persona)")
                continue
            }
            // Those of another project have their own lists, and what is not theirs is not there.
            let isOther = [.otherMember, .otherReader].contains(persona) && Self.own.contains(key)
            let equal: Persona = persona == .otherMember ? .member : .reader
            let admits = Self.admits(row.gate, isOther ? equal : persona)
            if admits {
                #expect(![401, 403].contains(answer.status), "\(key) as \(persona): \(answer.text)")
            } else {
                #expect([403, 404].contains(answer.status), "\(key) as \(persona): \(answer.status)")
            }
        }
    }
}
