import API
import Accelerators
import Foundation
import HTTPTypes
import Link
import Model
import TestJSON
import Testing

/// Every endpoint by every persona, on an object of its own and of another project, with the new defaults and with
/// upstream's legacy ones. `docs/access-matrix.md` is made from the table that this compares with.
@Suite struct AccessMatrixTests {
    /// Later than 2.4, in which the table is about the rest.
    fileprivate static let since25: Set<String> = ["DELETE /v2/hosts/{host}", "GET /v2/sanitisation_chains"]

    fileprivate static let since26: Set<String> = ["GET /v2/deployables/{uuid}/programmings"]

    /// One database; each cell works on objects made for it.
    struct World {
        let fixture: AcceleratorFixture

        init(legacy: Bool) async throws {
            fixture = try await AcceleratorFixture(limits: FakeLimits(), legacy: legacy)
            try await fixture.report(
                Reports.host([Reports.device(units: 400), Reports.device(2, units: 1, needsCleaning: true)]))
            try await fixture.profile("p")
        }

        static let none = "40000000-0000-4000-8000-000000000000"

        func first(_ collection: String, _ key: String) async throws -> String {
            try await fixture.call(.get, "/v2/\(collection)", version: "2.4").json[key][0]["uuid"].text
        }

        /// A quarantined handle.
        func quarantined() async throws -> String {
            let known = try await fixture.call(.get, "/v2/attach_handles?state=error", version: "2.4").json
            if let one = known["attach_handles"].array.first { return one["uuid"].text }
            let id = try await fixture.requests("p")[0]
            try await fixture.bind([id], instance: IDSource.random.next(), provider: Reports.provider(2))
            try await fixture.call(.delete, "/v2/accelerator_requests/\(id)", as: .memberThroughService)
            try await fixture.finish(try await fixture.work()[0], .failed("bad blocks"))
            return try await quarantined()
        }

        /// Calls the endpoint on an object whose project is the one of `owner`.
        func call(_ key: String, as persona: Persona, owner: Persona) async throws -> AccessMatrix.Outcome {
            let parts = key.split(separator: " ").map(String.init)
            let method = try #require(HTTPRequest.Method(rawValue: parts[0]))
            var path = parts[1]
            var body: JSON?
            var request = ""
            if path.hasPrefix("/v2/accelerator_requests"), method != .post {
                request = try await fixture.requests("p", as: owner)[0]
                path = path.replacing("{uuid}", with: request)
            }
            let target: JSON = [
                "hostname": "host-a", "device_rp_uuid": .text("\(Reports.provider(1))"),
                "instance_uuid": .text("\(IDSource.random.next(InstanceKind.self))"),
            ]
            switch key {
            case "GET /v2/accelerator_requests/{uuid}/certificate":
                try await fixture.bind(
                    [request], instance: IDSource.random.next(), provider: Reports.provider(1),
                    as: .adminThroughService)
                _ = try await fixture.certify(request)
            case "GET /v2/sanitisation_certificates/{uuid}":
                _ = try await quarantined()
                path = path.replacing("{uuid}", with: try await first("sanitisation_certificates", "certificates"))
            case "PATCH /v2/accelerator_requests", "PATCH /v2/accelerator_requests/{uuid}":
                body = AcceleratorFixture.binding(
                    [request], instance: IDSource.random.next(), provider: Reports.provider(1))
            case "PUT /v2/accelerator_requests/{uuid}/binding": body = target
            case "DELETE /v2/accelerator_requests": path += "?arqs=\(request)"
            case "POST /v2/accelerator_requests": body = ["device_profile_name": "p"]
            case "GET /v2/limits":
                path += "?project_id=\(Persona.caller(owner.token ?? "")?.project?.text ?? "none")"
            case "PATCH /v2/deployables/{uuid}/program":
                body = [["path": "/program", "op": "add", "value": [["image_uuid": .text(World.none)]]]]
            case "POST /v2/hosts/{host}/disable": body = ["reason": "r"]
            case "DELETE /v2/hosts/{host}": path += "?dry_run=true"
            case "POST /v2/attributes": body = ["deployable_id": 1, "key": "a", "value": "b"]
            case "POST /v2/device_profiles":
                body = [["name": .text("p\(UUID().uuidString)"), "groups": [["resources:FPGA": "1"]]]]
            case "DELETE /v2/device_profiles", "DELETE /v2/device_profiles/{uuid_or_name}":
                let name = "d\(UUID().uuidString)"
                try await fixture.profile(name)
                path = path.replacing("{uuid_or_name}", with: name)
                if path == "/v2/device_profiles" { path += "?value=\(name)" }
            default: break
            }
            for (prefix, collection, key) in [
                ("/v2/devices/", "devices", "devices"), ("/v2/deployables/", "deployables", "deployables"),
                ("/v2/attributes/", "attributes", "attributes"),
            ] where path.hasPrefix(prefix) && path.contains("{uuid}") {
                path = path.replacing("{uuid}", with: try await first(collection, key))
            }
            if key == "DELETE /v2/attributes/{uuid}" {
                let made = try await fixture.call(
                    .post, "/v2/attributes", ["deployable_id": 1, "key": "a", "value": "b"])
                path = "/v2/attributes/\(made.json["uuid"].text)"
            }
            if path.hasPrefix("/v2/attach_handles/") {
                path = path.replacing("{uuid}", with: try await quarantined())
            }
            path = path.replacing("{host}", with: "host-a").replacing("{uuid_or_name}", with: "p")
            let version =
                AccessMatrixTests.since26.contains(key)
                ? "2.6" : AccessMatrixTests.since25.contains(key) ? "2.5" : "2.4"
            let answer = try await fixture.call(method, path, body, as: persona, version: version)
            switch answer.status {
            // Who may program hears that the driver cannot.
            case 409 where key.hasSuffix("/program"): return .done
            case 200..<300:
                guard key == "GET /v2/accelerator_requests" else { return .done }
                return answer.json["arqs"].array.contains { $0["uuid"].text == request } ? .done : .missing
            case 401: return .unknown
            case 403: return answer.fault.contains("requires a service token") ? .alone : .refused
            case 404: return .missing
            default:
                Issue.record("\(key) \(persona): \(answer.status) \(answer.fault)")
                return .missing
            }
        }

        /// Whose objects are the persona's own, and whose are not.
        static func owners(_ persona: Persona) -> (own: Persona, foreign: Persona) {
            switch persona {
            case .admin, .adminThroughService: (.admin, .otherMember)
            case .service, .serviceThroughService: (.service, .otherMember)
            default: (.member, .otherMember)
            }
        }
    }

    @Test(arguments: AccessMatrix.rows.keys.sorted(), [false, true])
    func `W1 W2 who may do what, on whose objects`(key: String, legacy: Bool) async throws {
        let row = try #require(AccessMatrix.rows[key])
        let world = try await World(legacy: legacy)
        for persona in AccessMatrix.personas {
            let owners = World.owners(persona)
            for (owner, isOwn) in [(owners.own, true), (owners.foreign, false)] {
                let outcome = try await world.call(key, as: persona, owner: owner)
                let expected = AccessMatrix.expected(row, persona, isOwn: isOwn, legacy: legacy)
                #expect(outcome == expected, "\(key) by \(persona), \(isOwn ? "own" : "foreign"), legacy \(legacy)")
            }
        }
    }

    @Test func `no endpoint is left out`() async throws {
        let fixture = try await AcceleratorFixture()
        let all = fixture.service.endpoints.filter { $0.access != .open }.map { "\($0.method.rawValue) \($0.path)" }
        #expect(all.filter { AccessMatrix.rows[$0] == nil } == AccessMatrix.untested)
        #expect(AccessMatrix.untested.isEmpty)
        #expect(Set(AccessMatrix.rows.keys).subtracting(all).isEmpty)
    }

    @Test func `the page is up to date`() throws {
        for (name, legacy) in [("new-defaults", false), ("legacy-defaults", true)] {
            let titles = AccessMatrix.personas.map(Self.title)
            var lines = [
                "| Endpoint | " + titles.joined(separator: " | ") + " |",
                "|---|" + String(repeating: "---|", count: titles.count),
            ]
            let keys = AccessMatrix.rows.keys.sorted {
                ($0.drop { $0 != " " }, $0) < ($1.drop { $0 != " " }, $1)
            }
            for key in keys {
                guard let row = AccessMatrix.rows[key] else { continue }
                let cells = AccessMatrix.personas.map { persona in
                    let own = AccessMatrix.expected(row, persona, isOwn: true, legacy: legacy).rawValue
                    let foreign = AccessMatrix.expected(row, persona, isOwn: false, legacy: legacy).rawValue
                    return own == foreign ? own : "\(own), \(foreign)"
                }
                lines.append("| `\(key)` | " + cells.joined(separator: " | ") + " |")
            }
            try GeneratedPart(page: "access-matrix.md", name: name).check(lines.joined(separator: "\n"))
        }
    }

    private static func title(_ persona: Persona) -> String {
        switch persona {
        case .nobody: "no token"
        case .noRole: "no role"
        case .systemAdmin: "system admin"
        case .memberThroughService: "member via service"
        case .adminThroughService: "admin via service"
        case .serviceThroughService: "service via service"
        default: persona.rawValue
        }
    }
}
