import API
import Accelerators
import HTTPTypes
import Model
import Store
import TestJSON
import Testing

/// Every endpoint that names one accelerator request, by every persona, for a request of its own and of another project:
/// what is another's is not there.
@Suite struct ForeignObjectTests {
    enum Outcome: String, Sendable {
        case done, missing, refused
    }

    static let endpoints = [
        "GET /v2/accelerator_requests/{uuid}", "DELETE /v2/accelerator_requests/{uuid}",
        "DELETE /v2/accelerator_requests", "PATCH /v2/accelerator_requests", "PATCH /v2/accelerator_requests/{uuid}",
        "PUT /v2/accelerator_requests/{uuid}/binding", "DELETE /v2/accelerator_requests/{uuid}/binding",
    ]

    /// Who sees requests of other projects, too.
    static let everywhere: Set<Persona> = [.adminThroughService, .serviceThroughService]
    static let owners: Set<Persona> = [.memberThroughService]

    @Test func `every endpoint of one request is in the list`() async throws {
        let fixture = try await AcceleratorFixture()
        let named = fixture.service.endpoints.filter {
            "\($0.path)".hasPrefix("/v2/accelerator_requests") && $0.method != .post
                && !("\($0.path)" == "/v2/accelerator_requests" && $0.method == .get)
                // There only for what was cleaned; its own tests have it.
                && !"\($0.path)".hasSuffix("/certificate")
        }
        #expect(Set(named.map { "\($0.method.rawValue) \($0.path)" }) == Set(Self.endpoints))
    }

    @Test(arguments: endpoints)
    func `what is another's is not there`(endpoint: String) async throws {
        let personas: [Persona] = [
            .memberThroughService, .otherMemberThroughService, .adminThroughService, .serviceThroughService,
        ]
        for persona in personas {
            let fixture = try await AcceleratorFixture()
            try await fixture.report(Reports.host([Reports.device()]))
            try await fixture.profile("p")
            let id = try await fixture.requests("p")[0]
            let before = try await fixture.show(id)
            let parts = endpoint.split(separator: " ").map(String.init)
            let method = try #require(HTTPRequest.Method(rawValue: parts[0]))
            var path = parts[1].replacing("{uuid}", with: id)
            var body: JSON?
            switch (method, path.hasSuffix("/binding")) {
            case (.patch, _):
                body = AcceleratorFixture.binding(
                    [id], instance: Reports.instance(1), provider: Reports.provider(1))
            case (.put, _):
                body = [
                    "hostname": "host-a", "device_rp_uuid": .text("\(Reports.provider(1))"),
                    "instance_uuid": .text("\(Reports.instance(1))"),
                ]
            case (.delete, false) where path == "/v2/accelerator_requests": path += "?arqs=\(id)"
            default: break
            }
            let answer = try await fixture.call(method, path, body, as: persona, version: "2.4")
            let mayRead = method == .get && persona == .serviceThroughService
            if mayRead {
                // The contract's table: role service alone does not read.
                #expect(answer.status == 403)
            } else if Self.owners.contains(persona) || Self.everywhere.contains(persona) {
                #expect((200..<300).contains(answer.status), "\(endpoint) \(persona) \(answer.status) \(answer.fault)")
            } else {
                #expect(answer.status == 404, "\(endpoint) \(persona) \(answer.status)")
                #expect(try await fixture.show(id) == before)
            }
        }
    }

    @Test func `lists and deletes by instance touch only the caller's own`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device()]))
        try await fixture.profile("p")
        let id = try await fixture.requests("p")[0]
        try await fixture.bind([id], instance: Reports.instance(1), provider: Reports.provider(1))
        for query in ["", "?instance=\(Reports.instance(1))", "?bind_state=resolved"] {
            let list = try await fixture.call(.get, "/v2/accelerator_requests\(query)", as: .otherMember)
            #expect(list.json["arqs"].array.isEmpty)
        }
        let path = "/v2/accelerator_requests?instance=\(Reports.instance(1))"
        #expect(try await fixture.call(.delete, path, as: .otherMemberThroughService).status == 204)
        #expect(try await fixture.show(id)["state"] == "Bound")
    }

    /// W1 with upstream's legacy defaults on: device-side reads are for the role admin even then.
    @Test func `W1 in compatibility mode devices stay closed to projects`() async throws {
        let fixture = try await AcceleratorFixture(legacy: true)
        let paths = [
            "/v2/devices", "/v2/deployables", "/v2/attributes", "/v2/hosts", "/v2/drivers", "/v2/attach_handles",
        ]
        for path in paths {
            for persona in [Persona.member, .reader, .unrelated, .otherMember, .service] {
                let answer = try await fixture.call(.get, path, as: persona, version: "2.4")
                #expect(answer.status == 403, "\(path) \(persona)")
            }
            #expect(try await fixture.call(.get, path, version: "2.4").status == 200)
        }
        // What upstream's legacy rules admit is admitted.
        #expect(try await fixture.call(.get, "/v2/device_profiles", as: .unrelated).status == 200)
    }

    /// W5: upstream shows raw exception text in every 500.
    @Test func `W5 a fault of ours tells nothing of itself`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.store.write { transaction in
            _ = try transaction.execute("DROP TABLE attributes")
        }
        let answer = try await fixture.call(.get, "/v2/deployables")
        #expect(answer.status == 500)
        #expect(!answer.fault.lowercased().contains("attributes"))
        #expect(!answer.fault.lowercased().contains("table"))
        #expect(answer.fault.contains("request id"))
    }
}
