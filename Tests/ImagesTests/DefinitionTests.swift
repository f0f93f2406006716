import Foundation
import HTTPTypes
import Model
import TestJSON
import TestStore
import Testing

@testable import Images

/// Definitions of metadata: namespaces, and what they hold.
@Suite(.everyEngine) struct DefinitionTests {
    private static let path = "/v2/metadefs/namespaces"
    private static let property: JSON = ["name": "hw_x", "title": "X", "type": "string", "enum": ["a", "b"]]

    private func make(
        _ name: String, _ more: [String: JSON] = [:], in fixture: ImageFixture
    ) async throws -> Answer {
        var body: [String: JSON] = ["namespace": .text(name)]
        body.merge(more) { _, new in new }
        let answer = try await fixture.call(.post, Self.path, .object(body), as: .admin)
        fixture.clock.advance(.seconds(1))
        return answer
    }

    private func list(_ query: String = "", as persona: Persona = .member, in fixture: ImageFixture) async throws
        -> [String]
    {
        try await fixture.call(.get, "\(Self.path)\(query)", as: persona).json["namespaces"].array
            .map(\.["namespace"].text)
    }

    @Test func `a namespace comes with what it holds, and goes with it`() async throws {
        let fixture = try await ImageFixture()
        let made = try await make(
            "OS::X y",
            [
                "display_name": "X", "description": "d", "visibility": "public", "protected": true,
                "resource_type_associations": [["name": "OS::Glance::Image", "prefix": "hw_"]],
                "properties": ["p": ["title": "P", "type": "integer", "minimum": 0]],
                "objects": [["name": "o", "properties": ["q": ["title": "Q", "type": "boolean"]]]],
                "tags": [["name": "t"]],
            ], in: fixture)
        #expect(made.status == 201, "\(made.text)")
        #expect(made.header("Location") == "http://127.0.0.1/image/v2/metadefs/namespaces/OS%3A%3AX%20y")
        #expect(made.json["owner"] == "ops" && made.json["schema"] == "/v2/schemas/metadefs/namespace")
        let shown = try await fixture.call(.get, "\(Self.path)/OS::X%20y", as: .otherReader)
        #expect(shown.json == made.json)
        #expect(shown.json["properties"]["p"] == ["title": "P", "type": "integer", "minimum": 0])
        #expect(shown.json["objects"][0]["properties"]["q"]["title"] == "Q")
        #expect(shown.json["tags"][0]["name"] == "t")
        #expect(shown.json["resource_type_associations"][0]["prefix"] == "hw_")
        #expect(try await make("OS::X y", in: fixture).status == 409)
        let path = "\(Self.path)/OS::X%20y"
        for part in ["", "/objects/o", "/objects", "/properties/p", "/tags/t", "/tags", "/resource_types/x"] {
            #expect(try await fixture.call(.delete, "\(path)\(part)", as: .admin).status == 403, "\(part)")
        }
        let changed = try await fixture.call(.put, path, ["namespace": "other"], as: .admin)
        #expect(changed.status == 200 && changed.json["visibility"] == "private" && changed.json["protected"] == false)
        #expect(try await fixture.call(.get, path, as: .admin).status == 404)
        let moved = try await fixture.call(.get, "\(Self.path)/other", as: .admin)
        #expect(moved.json["objects"][0]["name"] == "o" && moved.json["resource_type_associations"].array.count == 1)
        #expect(try await fixture.call(.get, "\(Self.path)/other").status == 404)
        #expect(try await fixture.call(.delete, "\(Self.path)/other", as: .admin).status == 204)
        for table in ["definition_namespaces", "definition_items", "definition_associations"] {
            #expect(try await fixture.count(table) == 0, "\(table)")
        }
    }

    @Test func `lists have pages, orders and filters`() async throws {
        let fixture = try await ImageFixture()
        for name in ["a", "b", "c"] {
            #expect(try await make(name, ["visibility": "public"], in: fixture).status == 201)
        }
        let type: JSON = [["name": "My::Type"]]
        #expect(try await make("d", ["resource_type_associations": type], in: fixture).status == 201)
        #expect(try await list(in: fixture) == ["c", "b", "a"])
        #expect(try await list(as: .admin, in: fixture) == ["d", "c", "b", "a"])
        #expect(try await list("?resource_types=My::Type,Other", as: .admin, in: fixture) == ["d"])
        #expect(try await list("?visibility=private", as: .admin, in: fixture) == ["d"])
        #expect(try await list("?sort_key=namespace&sort_dir=asc", in: fixture) == ["a", "b", "c"])
        let page = try await fixture.call(.get, "\(Self.path)?limit=2&sort_key=namespace")
        #expect(page.json["namespaces"].array.map(\.["namespace"].text) == ["c", "b"])
        let next = page.json["next"].text
        #expect(next == "\(Self.path)?limit=2&sort_key=namespace&marker=b")
        #expect(try await fixture.call(.get, next).json["namespaces"].array.map(\.["namespace"].text) == ["a"])
        for query in ["?limit=x", "?limit=-1", "?marker=d", "?visibility=all", "?sort_key=x", "?sort_dir=up"] {
            #expect(try await fixture.call(.get, "\(Self.path)\(query)").status == 400, "\(query)")
        }
        let types = try await fixture.call(.get, "/v2/metadefs/resource_types").json["resource_types"].array
        #expect(types.map(\.["name"].text).contains("OS::Nova::Flavor") && types.count == 7)
    }

    @Test func `properties and objects are added, changed, renamed and deleted`() async throws {
        let fixture = try await ImageFixture()
        #expect(try await make("n", ["visibility": "public"], in: fixture).status == 201)
        let path = "\(Self.path)/n/properties"
        let made = try await fixture.call(.post, path, Self.property, as: .admin)
        #expect(made.status == 201 && made.json == Self.property)
        #expect(try await fixture.call(.post, path, Self.property, as: .admin).status == 409)
        #expect(try await fixture.call(.get, "\(path)/hw_x").json == Self.property)
        let renamed = try await fixture.call(
            .put, "\(path)/hw_x", ["name": "hw_y", "title": "Y", "type": "null"], as: .admin)
        #expect(renamed.status == 200 && renamed.json["title"] == "Y" && renamed.json["enum"] == .null)
        #expect(try await fixture.call(.get, path).json == ["properties": ["hw_y": ["title": "Y", "type": "null"]]])
        #expect(try await fixture.call(.delete, "\(path)/hw_x", as: .admin).status == 404)
        #expect(try await fixture.call(.delete, path, as: .admin).status == 204)
        #expect(try await fixture.call(.get, path).json == ["properties": [:]])
        let objects = "\(Self.path)/n/objects"
        for name in ["a", "b"] {
            let object = try await fixture.call(.post, objects, ["name": .text(name)], as: .admin)
            #expect(object.status == 201 && object.json["self"].text == "\(objects)/\(name)")
        }
        let page = try await fixture.call(.get, "\(objects)?limit=1").json
        #expect(page["objects"][0]["name"] == "a" && page["next"].text == "\(objects)?limit=1&marker=a")
        let other = try await fixture.call(.put, "\(objects)/a", ["name": "b"], as: .admin)
        #expect(other.status == 409)
        #expect(try await fixture.call(.get, "\(objects)/a").status == 200)
        #expect(try await fixture.call(.delete, "\(objects)/a", as: .admin).status == 204)
        #expect(try await fixture.call(.get, objects).json["objects"].array.count == 1)
    }

    @Test func `tags come alone or together`() async throws {
        let fixture = try await ImageFixture()
        #expect(try await make("n", ["visibility": "public"], in: fixture).status == 201)
        let path = "\(Self.path)/n/tags"
        func names() async throws -> [String] {
            try await fixture.call(.get, path).json["tags"].array.map(\.["name"].text)
        }
        #expect(try await fixture.call(.post, "\(path)/one", as: .admin).status == 201)
        #expect(try await fixture.call(.post, "\(path)/one", as: .admin).status == 409)
        let several: JSON = ["tags": [["name": "b"], ["name": "a"]]]
        let added = try await fixture.call(
            .post, path, several, as: .admin, headers: [("X-OpenStack-Append", "True")])
        #expect(added.status == 201 && added.json["tags"].array.count == 2)
        #expect(try await names() == ["a", "b", "one"])
        #expect(try await fixture.call(.post, path, several, as: .admin).status == 201)
        #expect(try await names() == ["a", "b"])
        let twice: JSON = ["tags": [["name": "c"], ["name": "c"]]]
        #expect(try await fixture.call(.post, path, twice, as: .admin).status == 409)
        #expect(try await names() == ["a", "b"])
        #expect(try await fixture.call(.put, "\(path)/a", ["name": "z"], as: .admin).json["name"] == "z")
        #expect(try await fixture.call(.delete, "\(path)/b", as: .admin).status == 204)
        #expect(try await names() == ["z"])
        #expect(try await fixture.call(.delete, path, as: .admin).status == 204)
        #expect(try await names().isEmpty)
    }

    @Test func `a namespace is for types of resources`() async throws {
        let fixture = try await ImageFixture()
        #expect(try await make("n", ["visibility": "public"], in: fixture).status == 201)
        let path = "\(Self.path)/n/resource_types"
        let made = try await fixture.call(
            .post, path, ["name": "OS::Nova::Server", "properties_target": "image"], as: .admin)
        #expect(made.status == 201 && made.json["properties_target"] == "image")
        #expect(try await fixture.call(.post, path, ["name": "OS::Nova::Server"], as: .admin).status == 409)
        let listed = try await fixture.call(.get, path, as: .reader).json["resource_type_associations"]
        #expect(listed == [made.json])
        #expect(try await fixture.call(.delete, "\(path)/OS::Nova::Server", as: .admin).status == 204)
        #expect(try await fixture.call(.delete, "\(path)/OS::Nova::Server", as: .admin).status == 404)
    }

    @Test(
        arguments: [
            ("", .post, ["namespace": ""]), ("", .post, ["display_name": "x"]),
            ("", .post, ["namespace": "x", "a": 1]),
            ("", .post, ["namespace": "x", "visibility": "shared"]), ("/n/objects", .post, ["name": 1]),
            ("/n/properties", .post, ["name": "x", "title": "x"]),
            ("/n/properties", .post, ["name": "x", "title": "x", "type": "text"]),
            ("/n/properties", .post, ["name": "x", "title": "x", "type": "string", "minLength": -1]),
            ("/n/tags", .post, ["tags": "x"]), ("/n/resource_types", .post, [:]), ("/n", .put, [:]),
        ] as [(String, HTTPRequest.Method, JSON)]) func `what is no definition is refused`(
            path: String, method: HTTPRequest.Method, body: JSON
        ) async throws
    {
        let fixture = try await ImageFixture()
        #expect(try await make("n", in: fixture).status == 201)
        #expect(try await fixture.call(method, "\(Self.path)\(path)", body, as: .admin).status == 400)
    }

    @Test func `only administrators write, and nobody reads what is private`() async throws {
        let fixture = try await ImageFixture()
        #expect(try await make("open", ["visibility": "public"], in: fixture).status == 201)
        #expect(try await make("closed", ["tags": [["name": "t"]]], in: fixture).status == 201)
        for part in ["", "/objects", "/properties", "/tags", "/tags/t", "/resource_types"] {
            #expect(try await fixture.call(.get, "\(Self.path)/closed\(part)").status == 404, "\(part)")
            #expect(try await fixture.call(.get, "\(Self.path)/closed\(part)", as: .admin).status == 200, "\(part)")
        }
        #expect(try await fixture.call(.post, Self.path, ["namespace": "x"]).status == 403)
        let calls: [(HTTPRequest.Method, String, JSON?)] = [
            (.put, "", ["namespace": "x"]), (.delete, "", nil), (.post, "/objects", ["name": "x"]),
            (.post, "/properties", Self.property), (.post, "/tags/x", nil), (.post, "/tags", ["tags": []]),
            (.delete, "/tags", nil), (.post, "/resource_types", ["name": "x"]), (.delete, "/objects", nil),
        ]
        for (method, part, body) in calls {
            #expect(
                try await fixture.call(method, "\(Self.path)/open\(part)", body).status == 403, "\(method) \(part)")
            #expect(
                try await fixture.call(method, "\(Self.path)/closed\(part)", body).status == 404, "\(method) \(part)")
        }
    }

    @Test func `a namespace is never larger than one response`() async throws {
        let fixture = try await ImageFixture()
        let tags = JSON.array((0..<1000).map { ["name": .text("t\($0)")] })
        #expect(try await make("n", ["tags": tags], in: fixture).status == 201)
        #expect(try await fixture.call(.post, "\(Self.path)/n/tags/more", as: .admin).status == 413)
        #expect(try await fixture.count("definition_items") == 1000)
    }

    @Test func `schemas of definitions have the names that clients expect`() async throws {
        let fixture = try await ImageFixture()
        let names = [
            "namespace": "namespace", "namespaces": "namespaces", "resource_type": "resource_type_association",
            "resource_types": "resource_type_associations", "object": "object", "objects": "objects",
            "property": "property", "properties": "properties", "tag": "tag", "tags": "tags",
        ]
        for (path, name) in names {
            let document = try await fixture.call(.get, "/v2/schemas/metadefs/\(path)").json
            #expect(document["name"].text == name && !document["properties"].keys.isEmpty)
        }
    }
}
