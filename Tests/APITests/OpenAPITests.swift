import HTTPTypes
import Model
import Testing

@testable import API

@Suite("OpenAPI")
struct OpenAPITests {
    func document() async throws -> JSONValue {
        let response = await DispatcherTests.dispatcher().respond(to: APIRequest(.get, "/w/openapi.json"))
        #expect(response.status == 200)
        return try JSONParser.parse(try await response.bytes())
    }

    @Test("the document is served without a token, and is the same each time")
    func served() async throws {
        let first = try await document()
        #expect(first["openapi"] == .text("3.1.0"))
        #expect(try await document() == first)
    }

    @Test("an endpoint's parameters, body, versions and faults are in it")
    func operations() async throws {
        let paths = try #require(try await document()["paths"])
        let list = try #require(paths["/widgets"]?["get"])
        #expect(list["parameters"] != nil)
        let create = try #require(paths["/widgets"]?["post"])
        let schema = try #require(create["requestBody"]?["content"]?["application/json"]?["schema"])
        #expect(schema["required"] == .array([.text("name"), .text("size")]))
        #expect(schema["additionalProperties"] == .bool(false))
        #expect(create["x-openstack-policy"] == .text("widget:create"))
        #expect(create["responses"]?["201"] != nil)
        #expect(create["responses"]?["403"] != nil)
        #expect(paths["/widgets/mine"]?["get"]?["x-openstack-versions"] == .array([.text("1.9 to 1.39")]))
        #expect(paths["/"]?["get"]?["security"] == .array([]))
    }

    @Test("operation ids are unique")
    func ids() async throws {
        guard case .object(let paths)? = try await document()["paths"] else {
            Issue.record("no paths")
            return
        }
        var seen: Set<String> = []
        for path in paths {
            guard case .object(let operations) = path.value else { continue }
            for operation in operations {
                guard case .text(let id)? = operation.value["operationId"] else {
                    Issue.record("\(path.name) has an operation without id")
                    continue
                }
                #expect(seen.insert(id).inserted, "\(id)")
            }
        }
    }
}
