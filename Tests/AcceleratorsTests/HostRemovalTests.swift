import Fleet
import HTTPTypes
import Link
import Model
import Store
import TestJSON
import TestPlacement
import Testing

/// A host that left goes with all that is on record of it, and takes nothing from anyone.
@Suite struct HostRemovalTests {
    private func remove(
        _ fixture: AcceleratorFixture, _ query: String = "", as persona: Persona = .admin, version: String = "2.5"
    ) async throws -> Answer {
        try await fixture.call(.delete, "/v2/hosts/host-a\(query)", as: persona, version: version)
    }

    private func hosts(_ fixture: AcceleratorFixture) async throws -> [String] {
        try await fixture.call(.get, "/v2/hosts", version: "2.5").json["hosts"].array.map { $0["host"].text }
    }

    @Test func `what a dry run says is what goes, and nothing else`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1, units: 3), Reports.device(2)]))
        try await fixture.report(Reports.host([Reports.device(3)]), from: "host-b")
        fixture.placement.set(Reports.provider(1), total: 3, reserved: 0)
        let before = try await fixture.call(.get, "/v2/devices").json
        let dry = try await remove(fixture, "?dry_run=true")
        #expect(dry.status == 200)
        #expect(dry.json["removed"] == false && dry.json["obstacles"].array.isEmpty)
        #expect(dry.json["devices"] == 2 && dry.json["deployables"] == 2 && dry.json["attach_handles"] == 4)
        #expect(dry.json["resource_providers"].texts == ["\(Reports.provider(1))", "\(Reports.provider(2))"])
        #expect(try await fixture.call(.get, "/v2/devices").json == before)
        #expect(fixture.placement.deleted == [])
        let done = try await remove(fixture)
        #expect(done.status == 200 && done.json["removed"] == true)
        for key in ["devices", "deployables", "attach_handles", "resource_providers"] {
            #expect(done.json[key] == dry.json[key])
        }
        #expect(fixture.placement.deleted == [Reports.provider(1), Reports.provider(2)])
        #expect(try await hosts(fixture) == ["host-b"])
        #expect(try await fixture.call(.get, "/v2/devices").json["devices"].array.count == 1)
        #expect(try await fixture.call(.get, "/v2/hosts/host-a", version: "2.5").status == 404)
        #expect(try await remove(fixture).status == 404)
        let events = try await fixture.call(.get, "/v2/events?action=host.removed", version: "2.5").json["events"]
        #expect(events.array.map { $0["hostname"].text } == ["host-a"])
        // It may come again.
        try await fixture.report(Reports.host([Reports.device(1)]))
        #expect(try await hosts(fixture) == ["host-a", "host-b"])
    }

    @Test func `what stands in the way is listed, and nothing is removed`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1, units: 3, needsCleaning: true)]))
        try await fixture.heartbeat("host-a", .up)
        try await fixture.profile("p")
        let (held, dirty) = (try await fixture.requests("p"), try await fixture.requests("p"))
        try await fixture.bind(held, instance: Reports.instance(1), provider: Reports.provider(1))
        try await fixture.bind(dirty, instance: Reports.instance(2), provider: Reports.provider(1))
        try await fixture.call(
            .delete, "/v2/accelerator_requests?instance=\(Reports.instance(2))", as: .memberThroughService)
        fixture.placement.hold(Reports.instance(3), [Reports.provider(1): 1])
        let said = try await remove(fixture, "?dry_run=true").json["obstacles"].texts
        #expect(said.count == 4)
        #expect(said.contains { $0.contains(held[0]) })
        #expect(said.contains { $0.contains("\(Reports.instance(3))") })
        let refused = try await remove(fixture)
        #expect(refused.status == 409)
        for sentence in said { #expect(refused.fault.contains(sentence)) }
        #expect(try await fixture.handleStates() == ["held": 1, "cleaning": 1, "available": 1])
        #expect(fixture.placement.deleted == [])
        // One after the other goes, and then the host does.
        try await fixture.call(
            .delete, "/v2/accelerator_requests?instance=\(Reports.instance(1))", as: .memberThroughService)
        for item in try await fixture.work() { try await fixture.finish(item) }
        fixture.placement.releaseAll()
        #expect(try await remove(fixture, "?dry_run=true").json["obstacles"].array.count == 1)
        try await fixture.heartbeat("host-a", .down)
        #expect(try await remove(fixture).status == 200)
        #expect(try await fixture.handleStates() == [:])
    }

    @Test func `certificates, tokens, work and conditions go with it`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.heartbeat("host-a", .down)
        try await fixture.store.write { transaction in
            for (host, id) in [("host-a", "1"), ("host-b", "2")] {
                try transaction.execute(
                    """
                    INSERT INTO agent_certificates (id, host, not_before, not_after, issued_at)
                    VALUES (\(id), \(host), 0, 1, 0)
                    """)
                try transaction.execute(
                    """
                    INSERT INTO enrolment_tokens (digest, host, created_at, expires_at) VALUES (\(id), \(host), 0, 1)
                    """)
                try transaction.execute(
                    """
                    INSERT INTO host_findings (host, kind, subject, source, reason, occurrences, since, seen_at)
                    VALUES (\(host), 'binding', 'x', \(host), 'y', 1, 0, 0)
                    """)
            }
        }
        #expect(try await remove(fixture).status == 200)
        let queries: [SQL] = [
            "SELECT host FROM agent_certificates", "SELECT host FROM enrolment_tokens",
            "SELECT host FROM host_findings",
        ]
        for query in queries {
            let left = try await fixture.store.read { transaction in
                try transaction.all(query) { row in try row[0] as String }
            }
            #expect(left == ["host-b"])
        }
        #expect(try await hosts(fixture) == [])
    }

    @Test func `it is an administrator's, and of 2.5`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1)]))
        for persona in [Persona.manager, .member, .reader, .service] {
            #expect(try await remove(fixture, as: persona).status == 403)
        }
        #expect(try await remove(fixture, version: "2.4").status == 404)
        #expect(try await hosts(fixture) == ["host-a"])
    }

    @Test func `Placement that does not answer leaves everything as it is`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1)]))
        fixture.placement.cut(true)
        #expect(try await remove(fixture).status == 503)
        #expect(try await hosts(fixture) == ["host-a"])
    }

    @Test func `hosts that offer nothing, and a cloud without hosts, say what is to be done`() async throws {
        let fixture = try await AcceleratorFixture()
        let empty = try await fixture.call(.get, "/v2/hosts", version: "2.5")
        #expect(empty.json["hint"].text.contains("enrolment-token"))
        #expect(try await fixture.call(.get, "/v2/hosts", version: "2.4").json.keys == ["hosts"])
        try await fixture.report(Reports.host([]))
        let shown = try await fixture.call(.get, "/v2/hosts/host-a", version: "2.5").json["conditions"].array
        #expect(shown.map { $0["kind"].text } == ["devices"])
        #expect(shown[0]["reason"].text.contains("device_spec"))
        #expect(
            try await fixture.call(.get, "/v2/hosts/host-a", version: "2.4").json["conditions"].array.isEmpty)
        try await fixture.report(Reports.host(2, [Reports.device(1)]))
        let list = try await fixture.call(.get, "/v2/hosts", version: "2.5").json
        #expect(list.keys == ["hosts"] && list["hosts"][0]["conditions"].array.isEmpty)
    }
}
