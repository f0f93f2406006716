import API
import Accelerators
import HTTPTypes
import Model
import StoreSQLite
import TestJSON
import Testing

/// Every endpoint by every persona, with the new defaults: who may, by the contract's table.
@Suite struct PolicyMatrixTests {
    static let readers: Set<Persona> = [.admin, .manager, .member, .reader, .otherMember]
    static let managers: Set<Persona> = [.admin, .manager]
    static let members: Set<Persona> = [.admin, .manager, .member, .otherMember, .service]
    static let admins: Set<Persona> = [.admin]

    struct Case: Sendable {
        let method: HTTPRequest.Method
        let path: String
        let allowed: Set<Persona>
        var body: JSON?
        /// Whether who may must come through a service besides.
        var throughService = false
    }

    static let none = "40000000-0000-4000-8000-000000000000"

    /// By `METHOD path` of the endpoint; a call that is allowed may still answer 404 or 400, never 401 or 403.
    static let cases: [String: Case] = [
        "GET /v2/devices": .init(method: .get, path: "/v2/devices", allowed: managers),
        "GET /v2/devices/{uuid}": .init(method: .get, path: "/v2/devices/\(none)", allowed: managers),
        "POST /v2/devices/{uuid}/enable": .init(method: .post, path: "/v2/devices/\(none)/enable", allowed: admins),
        "POST /v2/devices/{uuid}/disable": .init(method: .post, path: "/v2/devices/\(none)/disable", allowed: admins),
        "GET /v2/deployables": .init(method: .get, path: "/v2/deployables", allowed: managers),
        "GET /v2/deployables/{uuid}": .init(method: .get, path: "/v2/deployables/\(none)", allowed: managers),
        "PATCH /v2/deployables/{uuid}/program": .init(
            method: .patch, path: "/v2/deployables/\(none)/program", allowed: admins,
            body: [["path": "/program", "op": "add", "value": [["image_uuid": .text(none)]]]]),
        "GET /v2/deployables/{uuid}/programmings": .init(
            method: .get, path: "/v2/deployables/\(none)/programmings", allowed: managers),
        "POST /v2/deployables/{uuid}/enable": .init(
            method: .post, path: "/v2/deployables/\(none)/enable", allowed: admins),
        "POST /v2/deployables/{uuid}/disable": .init(
            method: .post, path: "/v2/deployables/\(none)/disable", allowed: admins),
        "GET /v2/attach_handles": .init(method: .get, path: "/v2/attach_handles", allowed: managers),
        "GET /v2/attach_handles/{uuid}": .init(method: .get, path: "/v2/attach_handles/\(none)", allowed: managers),
        "POST /v2/attach_handles/{uuid}/retry": .init(
            method: .post, path: "/v2/attach_handles/\(none)/retry", allowed: admins),
        "POST /v2/attach_handles/{uuid}/release": .init(
            method: .post, path: "/v2/attach_handles/\(none)/release", allowed: admins),
        "GET /v2/hosts": .init(method: .get, path: "/v2/hosts", allowed: managers),
        "GET /v2/hosts/{host}": .init(method: .get, path: "/v2/hosts/none", allowed: managers),
        "DELETE /v2/hosts/{host}": .init(method: .delete, path: "/v2/hosts/none", allowed: admins),
        "POST /v2/hosts/{host}/enable": .init(method: .post, path: "/v2/hosts/none/enable", allowed: admins),
        "POST /v2/hosts/{host}/disable": .init(
            method: .post, path: "/v2/hosts/none/disable", allowed: admins, body: ["reason": "r"]),
        "GET /v2/drivers": .init(method: .get, path: "/v2/drivers", allowed: managers),
        "GET /v2/events": .init(method: .get, path: "/v2/events", allowed: admins),
        "GET /v2/sanitisation_certificates": .init(
            method: .get, path: "/v2/sanitisation_certificates", allowed: admins),
        "GET /v2/sanitisation_certificates/{uuid}": .init(
            method: .get, path: "/v2/sanitisation_certificates/\(none)", allowed: admins),
        "GET /v2/sanitisation_chains": .init(method: .get, path: "/v2/sanitisation_chains", allowed: admins),
        "GET /v2/sanitisation_keys": .init(method: .get, path: "/v2/sanitisation_keys", allowed: readers),
        "GET /v2/accelerator_requests/{uuid}/certificate": .init(
            method: .get, path: "/v2/accelerator_requests/\(none)/certificate", allowed: readers),
        "GET /v2/limits": .init(method: .get, path: "/v2/limits", allowed: readers),
        "PUT /v2/accelerator_requests/{uuid}/binding": .init(
            method: .put, path: "/v2/accelerator_requests/\(none)/binding", allowed: members,
            body: ["hostname": "h", "device_rp_uuid": .text(none), "instance_uuid": .text(none)], throughService: true),
        "DELETE /v2/accelerator_requests/{uuid}/binding": .init(
            method: .delete, path: "/v2/accelerator_requests/\(none)/binding", allowed: members, throughService: true),
        "GET /v2/attributes": .init(method: .get, path: "/v2/attributes", allowed: managers),
        "GET /v2/attributes/{uuid}": .init(method: .get, path: "/v2/attributes/\(none)", allowed: managers),
        "POST /v2/attributes": .init(
            method: .post, path: "/v2/attributes", allowed: admins,
            body: ["deployable_id": 999, "key": "a", "value": "b"]),
        "DELETE /v2/attributes/{uuid}": .init(method: .delete, path: "/v2/attributes/\(none)", allowed: admins),
        "GET /v2/device_profiles": .init(method: .get, path: "/v2/device_profiles", allowed: readers),
        "GET /v2/device_profiles/{uuid_or_name}": .init(
            method: .get, path: "/v2/device_profiles/\(none)", allowed: readers),
        "POST /v2/device_profiles": .init(
            method: .post, path: "/v2/device_profiles", allowed: admins, body: [["name": "a b"]]),
        "DELETE /v2/device_profiles/{uuid_or_name}": .init(
            method: .delete, path: "/v2/device_profiles/\(none)", allowed: admins),
        "DELETE /v2/device_profiles": .init(
            method: .delete, path: "/v2/device_profiles?value=\(none)", allowed: admins),
        "GET /v2/accelerator_requests": .init(method: .get, path: "/v2/accelerator_requests", allowed: readers),
        "GET /v2/accelerator_requests/{uuid}": .init(
            method: .get, path: "/v2/accelerator_requests/\(none)", allowed: readers),
        "POST /v2/accelerator_requests": .init(
            method: .post, path: "/v2/accelerator_requests", allowed: members, body: ["device_profile_name": "none"]),
        "PATCH /v2/accelerator_requests": .init(
            method: .patch, path: "/v2/accelerator_requests", allowed: members, body: [:]),
        "PATCH /v2/accelerator_requests/{uuid}": .init(
            method: .patch, path: "/v2/accelerator_requests/\(none)", allowed: members, body: [:]),
        "DELETE /v2/accelerator_requests": .init(
            method: .delete, path: "/v2/accelerator_requests?arqs=\(none)", allowed: members),
        "DELETE /v2/accelerator_requests/{uuid}": .init(
            method: .delete, path: "/v2/accelerator_requests/\(none)", allowed: members),
    ]

    @Test func `every endpoint is in the table, or open`() async throws {
        let fixture = try await AcceleratorFixture()
        for endpoint in fixture.service.endpoints where endpoint.access != .open {
            let key = "\(endpoint.method.rawValue) \(endpoint.path)"
            #expect(Self.cases[key] != nil, "\(key) has no case")
        }
        let closed = fixture.service.endpoints.filter { $0.access != .open }
        #expect(Self.cases.count == Set(closed.map { "\($0.method.rawValue) \($0.path)" }).count)
        #expect(
            fixture.service.endpoints.filter { $0.access == .open }.map { "\($0.path)" } == ["/", "/v2"])
    }

    /// W1: with upstream's defaults any project token lists devices. W2: any role makes and deletes requests.
    @Test(arguments: PolicyMatrixTests.cases.keys.sorted())
    func `W1 W2 only those of the table may`(key: String) async throws {
        let fixture = try await AcceleratorFixture()
        let wanted = try #require(Self.cases[key])
        let personas: [Persona] = [
            .nobody, .admin, .manager, .member, .reader, .service, .unrelated, .otherMember, .systemAdmin,
        ]
        for persona in personas {
            let answer = try await fixture.call(wanted.method, wanted.path, wanted.body, as: persona, version: "2.6")
            if persona == .nobody {
                #expect(answer.status == 401, "\(key) \(persona)")
            } else if wanted.allowed.contains(persona) {
                if wanted.throughService {
                    #expect(answer.fault.contains("requires a service token"), "\(key) \(persona)")
                    continue
                }
                #expect(answer.status != 401 && answer.status != 403, "\(key) \(persona) \(answer.status)")
            } else {
                #expect(answer.status == 403, "\(key) \(persona) \(answer.status)")
                #expect(answer.fault.contains("cyborg:"))
            }
        }
    }
}
