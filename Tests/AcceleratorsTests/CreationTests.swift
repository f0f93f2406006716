import Accelerators
import Conventions
import HTTPTypes
import Model
import Store
import TestJSON
import Testing

/// Idempotency keys and dry runs of the POSTs that create something, from 2.5.
@Suite struct CreationTests {
    /// A host with a deployable and, but where it is to be created, the profile that requests name.
    private func world(_ kind: Kind) async throws -> AcceleratorFixture {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 4)]))
        if kind != .profile { try await fixture.profile("p", count: 2) }
        return fixture
    }

    enum Kind: String, CaseIterable, Sendable {
        case profile = "device_profiles"
        case request = "accelerator_requests"
        case attribute = "attributes"

        var list: String { self == .request ? "arqs" : rawValue }

        var body: JSON {
            switch self {
            case .profile: [["name": "p", "groups": [["resources:FPGA": "2"]]]]
            case .request: ["device_profile_name": "p"]
            case .attribute: ["deployable_id": 1, "key": "k", "value": "v"]
            }
        }
    }

    private func post(
        _ kind: Kind, to fixture: AcceleratorFixture, key: String? = nil, query: String = "", version: String = "2.5"
    ) async throws -> Answer {
        try await fixture.call(
            .post, "/v2/\(kind.rawValue)\(query)", kind.body, version: version,
            headers: key.map { [("Idempotency-Key", $0)] } ?? [])
    }

    private func count(_ kind: Kind, in fixture: AcceleratorFixture) async throws -> Int {
        try await fixture.call(.get, "/v2/\(kind.rawValue)").json[kind.list].array.count
    }

    private func isReplayed(_ answer: Answer) -> Bool {
        HTTPField.Name("Idempotent-Replayed").map { answer.headers.contains($0) } ?? false
    }

    @Test(arguments: Kind.allCases) func `a repeated POST creates nothing more`(kind: Kind) async throws {
        let fixture = try await world(kind)
        let first = try await post(kind, to: fixture, key: "k")
        #expect(first.status == 201 && !isReplayed(first), "\(first.fault)")
        let count = try await count(kind, in: fixture)
        let again = try await post(kind, to: fixture, key: "k")
        #expect(again.status == 201 && isReplayed(again))
        #expect(again.json == first.json)
        #expect(try await self.count(kind, in: fixture) == count)
        // The sweep of old records takes keys along.
        fixture.clock.advance(.seconds(24 * 3600))
        try await fixture.service.forgetOldEvents()
        let keys = try await fixture.store.read { transaction in
            try transaction.first("SELECT COUNT(*) FROM idempotency_keys") { row in try row[0] as Int }
        }
        #expect(keys == 0)
    }

    @Test(arguments: Kind.allCases) func `a dry run creates nothing`(kind: Kind) async throws {
        let fixture = try await world(kind)
        let before = try await count(kind, in: fixture)
        let dry = try await post(kind, to: fixture, query: "?dry_run=true")
        #expect(dry.status == 200, "\(dry.fault)")
        #expect(try await count(kind, in: fixture) == before)
        let real = try await post(kind, to: fixture)
        #expect(real.status == 201)
        #expect(dry.json.keys == real.json.keys)
        let events = try await fixture.call(.get, "/v2/events", version: "2.5").json["events"].array
        #expect(events.count { $0["action"] == "profile.created" } == 1)
        #expect(try await post(kind, to: fixture, query: "?dry_run=true", version: "2.4").status == 400)
    }

    @Test func `a dry run is held against limits`() async throws {
        let limits = FakeLimits(["blue": [.init("accelerator_requests", limit: 1)]])
        let fixture = try await AcceleratorFixture(limits: limits)
        try await fixture.profile("p", count: 2)
        let dry = try await fixture.call(
            .post, "/v2/accelerator_requests?dry_run=true", Kind.request.body, as: .member, version: "2.5")
        #expect(dry.status == 403 && dry.fault.contains("limit 1, used 0, asked for 2"))
    }
}
