import FoundationEssentials
import Model
import Testing

@testable import API

/// The OpenAPI documents of services as Compute and Images will be.
@Suite struct PlayedDocumentTests {
    /// Those that `Tests/Contracts/test_openapi.py` holds against an independent validator.
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Contracts/documents")

    private func document(_ service: Service, _ version: Microversion? = nil) throws -> JSONValue {
        try JSONParser.parse(OpenAPIDocument(service, version: version).json())
    }

    @Test func `each action is an operation, in the document of a version that has it`() throws {
        let old = try #require(try document(PlayedCompute.service, Microversion(2, 1))["paths"])
        let new = try #require(try document(PlayedCompute.service, Microversion(2, 104))["paths"])
        let path = "/servers/{server_id}/action"
        let start = try #require(old["\(path)#os-start"]?["post"])
        #expect(start["operationId"] == .text("post_servers_by_server_id_action_os_start"))
        #expect(start["x-openstack-action"] == .text("os-start"))
        #expect(start["x-openstack-policy"] == .text("servers:start:member"))
        #expect(start["responses"]?["202"] != nil)
        let schema = try #require(start["requestBody"]?["content"]?["application/json"]?["schema"])
        #expect(schema["required"] == .array([.text("os-start")]))
        #expect(schema["additionalProperties"] == .bool(false))
        #expect(old["\(path)#trigger_crash_dump"] == nil)
        #expect(new["\(path)#trigger_crash_dump"] != nil)
        #expect(old["\(path)#lock"]?["post"]?["x-openstack-versions"] == .array([.text("2.1 to 2.72")]))
        #expect(new["\(path)#lock"]?["post"]?["x-openstack-versions"] == .array([.text("2.73 to 2.104")]))
    }

    @Test func `a service with a project in its paths says so`() throws {
        guard case .array(let servers)? = try document(PlayedCompute.service)["servers"] else {
            Issue.record("no servers")
            return
        }
        #expect(
            servers.compactMap { $0["url"] } == [.text("/compute/v2.1"), .text("/compute/v2.1/{project_id}")])
        #expect(servers.last?["variables"]?["project_id"]?["default"] == .text(""))
    }

    @Test func `data and documents of changes stand under their media types`() throws {
        let paths = try #require(try document(PlayedImages().service)["paths"])
        #expect(paths["/file"]?["put"]?["requestBody"]?["content"]?["application/octet-stream"] == .object([]))
        #expect(paths["/file"]?["put"]?["responses"]?["408"] != nil)
        let forms = paths["/image"]?["patch"]?["requestBody"]?["content"]
        #expect(forms?["\(PlayedImages.newPatch)"]?["schema"]?["type"] == .text("array"))
        #expect(forms?["\(PlayedImages.oldPatch)"]?["schema"] != nil)
        let download = try #require(paths["/file"]?["get"])
        for status in ["200", "206"] {
            #expect(download["responses"]?[status]?["content"]?["application/octet-stream"] == .object([]))
        }
        #expect(download["responses"]?["416"] != nil)
        guard case .array(let parameters)? = download["parameters"] else {
            Issue.record("no parameters")
            return
        }
        #expect(parameters.first?["name"] == .text("Range"))
    }

    @Test func `the documents that the contract tests validate are these`() throws {
        for (name, service) in [("compute", PlayedCompute.service), ("images", PlayedImages().service)] {
            let file = Self.folder.appending(path: "played-\(name).json")
            let bytes = Data(OpenAPIDocument(service, version: service.family.maximum).json())
            if ProcessInfo.processInfo.environment["KILONOVA_WRITE_DOCUMENTS"] == "1" {
                try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
                try bytes.write(to: file)
            }
            #expect(
                FileManager.default.contents(atPath: file.path) == bytes, "KILONOVA_WRITE_DOCUMENTS=1 writes them anew")
        }
    }
}
