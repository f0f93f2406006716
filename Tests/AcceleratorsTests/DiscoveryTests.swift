import HTTPTypes
import TestJSON
import Testing

@Suite struct DiscoveryTests {
    @Test func `the version documents need no token`() async throws {
        let fixture = try await AcceleratorFixture()
        let root = try await fixture.call(.get, "/", as: .nobody)
        #expect(root.status == 200)
        #expect(root.json["versions"][0]["id"] == "v2")
        #expect(root.json["versions"][0]["max_version"] == "2.6")
        #expect(root.json["versions"][0]["links"][0]["href"] == "http://127.0.0.1/accelerator/v2")
        #expect(root.json["default_version"] == root.json["versions"][0])
        for path in ["/v2", "/v2/", "/v2.json"] {
            let version = try await fixture.call(.get, path, as: .nobody)
            #expect(version.status == 200)
            #expect(version.json["id"] == "v2.0")
            #expect(version.json["min_version"] == "2.0")
            #expect(version.json["links"][0]["href"] == "http://127.0.0.1/accelerator/v2/")
        }
    }

    @Test func `everything else needs one`() async throws {
        let fixture = try await AcceleratorFixture()
        let answer = try await fixture.call(.get, "/v2/devices", as: .nobody)
        #expect(answer.status == 401)
        #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Keystone uri=") == true)
    }

    @Test(arguments: ["/devices", "/v2/devices", "/v2/devices/", "/v2/devices.json"])
    func `a path without version, with a slash or a suffix is the same`(path: String) async throws {
        let fixture = try await AcceleratorFixture()
        let answer = try await fixture.call(.get, path)
        #expect(answer.status == 200)
        #expect(answer.json.keys == ["devices"])
    }

    @Test func `versions are negotiated by header`() async throws {
        let fixture = try await AcceleratorFixture()
        let plain = try await fixture.call(.get, "/v2/devices")
        #expect(plain.headers[.openStackVersion] == "accelerator 2.0")
        let latest = try await fixture.call(.get, "/v2/devices", version: "latest")
        #expect(latest.headers[.openStackVersion] == "accelerator 2.6")
        let bare = try await fixture.call(.get, "/v2/devices", headers: [("OpenStack-API-Version", "2.1")])
        #expect(bare.headers[.openStackVersion] == "accelerator 2.1")
        let late = try await fixture.call(.get, "/v2/devices", version: "2.9")
        #expect(late.status == 406)
        #expect(late.headers[.openStackVersion] == nil)
    }

    /// W30: upstream answers 406 to a header that names only another service.
    @Test func `W30 a header for another service is passed over`() async throws {
        let fixture = try await AcceleratorFixture()
        let answer = try await fixture.call(
            .get, "/v2/devices", headers: [("OpenStack-API-Version", "compute 2.90")])
        #expect(answer.status == 200)
        #expect(answer.headers[.openStackVersion] == "accelerator 2.0")
    }

    @Test func `errors are encoded twice`() async throws {
        let fixture = try await AcceleratorFixture()
        let answer = try await fixture.call(.get, "/v2/devices/none")
        #expect(answer.status == 404)
        #expect(answer.json.keys == ["error_message"])
        #expect(answer.json["error_message"].text.contains("\"faultcode\":\"Client\""))
        #expect(!answer.fault.isEmpty)
    }

    @Test func `methods that are not there answer 405, paths 404`() async throws {
        let fixture = try await AcceleratorFixture()
        #expect(try await fixture.call(.put, "/v2/devices").status == 405)
        #expect(try await fixture.call(.get, "/v2/nothing").status == 404)
        #expect(try await fixture.call(.get, "/v2/devices?colour=red").status == 400)
        #expect(try await fixture.call(.get, "/v2/devices?limit=5").status == 400)
    }
}
