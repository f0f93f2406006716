import API
import Access
import HTTPTypes
import Identity
import Model
import TestStore
import Testing

@Suite("Unified limits", .everyEngine)
struct LimitTests {
    private func register(
        _ cloud: Cloud, _ resource: String, _ limit: Int, more: [JSONValue.Member] = []
    ) async throws -> Cloud.Answer {
        let service = try await cloud.id(of: "placement", in: "services")
        let element = JSONValue.object(
            [
                .init("service_id", .text(service)), .init("resource_name", .text(resource)),
                .init("default_limit", .integer(limit)),
            ] + more)
        return try await cloud.send(
            .post, "/v3/registered_limits", ["registered_limits": [element]], token: try await cloud.adminToken())
    }

    private func limit(
        _ cloud: Cloud, _ resource: String, _ limit: Int, _ holder: JSONValue.Member
    ) async throws -> Cloud.Answer {
        let service = try await cloud.id(of: "placement", in: "services")
        let element = JSONValue.object([
            .init("service_id", .text(service)), .init("resource_name", .text(resource)),
            .init("resource_limit", .integer(limit)), holder,
        ])
        return try await cloud.send(.post, "/v3/limits", ["limits": [element]], token: try await cloud.adminToken())
    }

    @Test("registered, given to a project, changed, and taken away in the right order")
    func life() async throws {
        let cloud = try await Cloud()
        let token = try await cloud.adminToken()
        let model = try await cloud.send(.get, "/v3/limits/model", token: try await cloud.demoToken())
        #expect(try model.text("model", "name") == "flat")
        let project = JSONValue.Member("project_id", .text(try await cloud.id(of: "demo", in: "projects")))
        #expect(try await limit(cloud, "FPGA", 3, project).status == 403)
        let registered = try await register(cloud, "FPGA", 10)
        #expect(registered.status == 201)
        #expect(registered["registered_limits", 0, "default_limit"] == 10)
        #expect(registered["registered_limits", 0, "region_id"] == .null)
        #expect(try await register(cloud, "FPGA", 5).status == 409)
        let given = try await limit(cloud, "FPGA", 3, project)
        #expect(given.status == 201)
        #expect(given["limits", 0, "resource_limit"] == 3 && given["limits", 0, "domain_id"] == .null)
        #expect(try await limit(cloud, "FPGA", 4, project).status == 409)
        let path = "/v3/registered_limits/\(try registered.text("registered_limits", 0, "id"))"
        #expect(try await cloud.send(.delete, path, token: token).status == 403)
        let renamed = try await cloud.send(
            .patch, path, ["registered_limit": ["resource_name": "VGPU"]], token: token)
        #expect(renamed.status == 403)
        let raised = try await cloud.send(.patch, path, ["registered_limit": ["default_limit": -1]], token: token)
        #expect(raised["registered_limit", "default_limit"] == -1)
        let own = "/v3/limits/\(try given.text("limits", 0, "id"))"
        #expect(try await cloud.send(.get, own, token: try await cloud.demoToken()).status == 200)
        #expect(
            try await cloud.send(.patch, own, ["limit": ["resource_limit": 7]], token: token)["limit", "resource_limit"]
                == 7)
        #expect(try await cloud.send(.delete, own, token: try await cloud.demoToken()).status == 403)
        #expect(try await cloud.send(.delete, own, token: token).status == 204)
        #expect(try await cloud.send(.delete, path, token: token).status == 204)
    }

    @Test("who looks after the cloud sees all limits, others their own, oslo.limit's service user what it needs")
    func visibility() async throws {
        let cloud = try await Cloud()
        _ = try await register(cloud, "FPGA", 10)
        for name in ["demo", "admin"] {
            let project = JSONValue.Member("project_id", .text(try await cloud.id(of: name, in: "projects")))
            #expect(try await limit(cloud, "FPGA", 3, project).status == 201)
        }
        func seen(_ token: String, _ query: String = "") async throws -> Int {
            try await cloud.send(.get, "/v3/limits\(query)", token: token).texts("limits", "id").count
        }
        let demo = try await cloud.id(of: "demo", in: "projects")
        #expect(try await seen(cloud.adminToken()) == 2)
        #expect(try await seen(cloud.demoToken()) == 1)
        let nova = try await cloud.token("nova", Cloud.servicePassword, scope: ["system": ["all": true]])
        #expect(try await seen(nova) == 2)
        #expect(try await seen(nova, "?project_id=\(demo)") == 1)
        #expect(try await seen(nova, "?resource_name=VGPU") == 0)
        let services = try await cloud.send(.get, "/v3/services?type=placement&name=placement", token: nova)
        let service = try #require(services.texts("services", "id").first)
        let endpoints = try await cloud.send(
            .get, "/v3/endpoints?service_id=\(service)&region_id=RegionOne&interface=public", token: nova)
        #expect(endpoints.texts("endpoints", "id").count == 1)
        let registered = try await cloud.send(.get, "/v3/registered_limits?service_id=\(service)", token: nova)
        #expect(registered.texts("registered_limits", "resource_name") == ["FPGA"])
    }

    @Test("services of the process read them without HTTP")
    func embedded() async throws {
        let cloud = try await Cloud { $0.limitModel = .strictTwoLevel }
        _ = try await register(cloud, "FPGA", 10)
        let project = ProjectID(try await cloud.id(of: "demo", in: "projects"))
        let limits = cloud.identity.limits(ofServiceType: "placement")
        #expect(try await limits.limit(for: "FPGA", project: project) == 10)
        #expect(try await limits.limit(for: "VGPU", project: project) == nil)
        #expect(try await cloud.identity.limits(ofServiceType: "compute").limit(for: "FPGA", project: project) == nil)
        _ = try await limit(cloud, "FPGA", 3, .init("project_id", .text(project.text)))
        #expect(try await limits.limit(for: "FPGA", project: project) == 3)
        _ = try await register(cloud, "FPGA", 5, more: [.init("region_id", "RegionOne")])
        #expect(try await limits.limit(for: "FPGA", project: project) == 5)
        let tree = try #require(try await limits.tree(of: project))
        #expect(tree.root == "default" && tree.members.contains(project) && tree.members.count == 4)
    }

    @Test(
        "numbers and keys out of form are refused by name",
        arguments: [
            ("default_limit", -2), ("default_limit", 2_147_483_648), ("default_limit", "many"),
            ("region_id", "nowhere"),
            ("service_id", "nothing"), ("colour", "red"),
        ] as [(String, JSONValue)])
    func malformed(member: String, value: JSONValue) async throws {
        let cloud = try await Cloud()
        let answer = try await register(cloud, "FPGA", 1, more: [.init(member, value)])
        #expect(answer.status == 400)
        #expect(!answer.message.isEmpty)
    }

    @Test("with two levels a project gets no more than its domain")
    func hierarchy() async throws {
        let cloud = try await Cloud { $0.limitModel = .strictTwoLevel }
        let token = try await cloud.adminToken()
        _ = try await register(cloud, "FPGA", 10)
        let project = JSONValue.Member("project_id", .text(try await cloud.id(of: "demo", in: "projects")))
        let domain = JSONValue.Member("domain_id", "default")
        #expect(try await limit(cloud, "FPGA", 11, project).status == 403)
        #expect(try await limit(cloud, "FPGA", 8, project).status == 201)
        #expect(try await limit(cloud, "FPGA", 7, domain).status == 403)
        let own = try await limit(cloud, "FPGA", 20, domain)
        #expect(own.status == 201)
        let path = "/v3/limits/\(try own.text("limits", 0, "id"))"
        #expect(try await cloud.send(.patch, path, ["limit": ["resource_limit": 7]], token: token).status == 403)
        #expect(try await cloud.send(.patch, path, ["limit": ["resource_limit": -1]], token: token).status == 200)
        let deeper = try await cloud.send(
            .post, "/v3/projects", ["project": ["name": "below", "parent_id": project.value]], token: token)
        #expect(deeper.status == 403)
    }
}
