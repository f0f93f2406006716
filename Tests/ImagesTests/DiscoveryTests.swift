import Foundation
import HTTPTypes
import Model
import TestJSON
import Testing

@testable import Images

/// What clients read before anything else.
@Suite struct DiscoveryTests {
    @Test func `the versions are listed without a token`() async throws {
        let fixture = try await ImageFixture()
        let root = try await fixture.call(.get, "/", as: .nobody)
        #expect(root.status == 300)
        let versions = root.json["versions"].array
        #expect(versions.first?["id"] == "v2.17" && versions.first?["status"] == "CURRENT")
        #expect(versions.last?["id"] == "v2.0" && versions.dropFirst().allSatisfy { $0["status"] == "SUPPORTED" })
        #expect(versions.allSatisfy { $0["links"][0]["href"] == "http://127.0.0.1/image/v2/" })
        #expect(!versions.contains { $0["id"] == "v2.12" || $0["id"] == "v2.16" })
        let page = try await fixture.call(.get, "/versions", as: .nobody)
        #expect(page.status == 200 && page.json == root.json)
        let several = try await ImageFixture(stores: ["a", "b"])
        #expect(try await several.call(.get, "/versions").json["versions"].array.contains { $0["id"] == "v2.12" })
    }

    @Test func `a minor version in the path is version 2, an unknown one the list`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.image()
        #expect(try await fixture.call(.get, "/v2.5/images/\(id)").status == 200)
        #expect(try await fixture.call(.get, "/v3/images").status == 300)
        #expect(try await fixture.call(.get, "/v2").status == 404)
        #expect(try await fixture.call(.get, "/v2/images/").status == 404)
        #expect(try await fixture.call(.delete, "/v2/images/").status == 404)
        #expect(try await fixture.call(.get, "/", as: .nobody).status == 300)
        #expect(try await fixture.call(.get, "/v2", as: .nobody).status == 401)
        let health = try await fixture.call(.get, "/healthcheck", as: .nobody)
        #expect(health.status == 200 && health.text == "OK")
        let method = try await fixture.call(.put, "/v2/images")
        #expect(method.status == 405 && method.header("Allow") == "GET, POST")
    }

    @Test func `schemas say what clients look for in them`() async throws {
        var options = ImageOptions()
        options.diskFormats = ["raw", "qcow2"]
        let fixture = try await ImageFixture(options)
        let image = try await fixture.call(.get, "/v2/schemas/image").json
        #expect(image["name"] == "image" && image["additionalProperties"]["type"] == "string")
        #expect(image["properties"]["disk_format"]["enum"] == [nil, "raw", "qcow2"])
        #expect(image["properties"]["status"]["readOnly"] == true)
        #expect(image["properties"]["tags"]["items"]["maxLength"] == 255)
        // Nova takes for a custom property what does not stand there.
        let shown = try await fixture.show(try await fixture.image())
        #expect(shown.keys.isSubset(of: image["properties"].keys))
        for name in ["images", "member", "members", "task", "tasks"] {
            #expect(try await fixture.call(.get, "/v2/schemas/\(name)").json["name"].text == name)
        }
        #expect(try await fixture.call(.get, "/v2/schemas/image", as: .nobody).status == 401)
    }

    @Test func `what is not kept is told in the form of clients`() async throws {
        let fixture = try await ImageFixture()
        let namespaces = try await fixture.call(.get, "/v2/metadefs/namespaces")
        #expect(namespaces.json["namespaces"].array.isEmpty && namespaces.json["first"] == "/v2/metadefs/namespaces")
        #expect(try await fixture.call(.get, "/v2/metadefs/namespaces/x").status == 404)
        #expect(try await fixture.call(.get, "/v2/cache").status == 403)
        let cache = try await fixture.call(.get, "/v2/cache", as: .admin)
        #expect(cache.status == 404 && cache.fault == "Caching via API is not supported at this site.")
        let nodes = "/v2/cache/nodes/11111111-2222-4333-8444-55555555555f"
        #expect(try await fixture.call(.get, nodes, as: .admin).status == 404)
        #expect(try await fixture.call(.get, nodes).status == 403)
    }

    @Test func `stores, ways to import and usage are told`() async throws {
        let fixture = try await ImageFixture()
        #expect(try await fixture.call(.get, "/v2/info/stores").status == 404)
        #expect(try await fixture.call(.get, "/v2/info/import").json["import-methods"]["value"].array.count == 3)
        #expect(try await fixture.call(.get, "/v2/info/usage").json["usage"] == [:])
        #expect(try await fixture.call(.get, "/v2/info/stores/detail").status == 403)
        let several = try await ImageFixture(stores: ["a", "b"])
        let stores = try await several.call(.get, "/v2/info/stores").json["stores"].array
        #expect(
            stores == [
                ["id": "a", "description": "Store a", "default": "true"], ["id": "b", "description": "Store b"],
            ])
        let detail = try await several.call(.get, "/v2/info/stores/detail", as: .admin)
        #expect(detail.json["stores"][0]["type"] == "file")
        #expect(try await several.call(.get, "/v2/info/stores/detail", as: .service).status == 200)
    }
}
