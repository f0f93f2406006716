import Accelerators
import Fleet
import HTTPTypes
import Link
import Model
import TestJSON
import Testing

/// Who did what, to which device, for whom: written with the change, read from 2.4 on.
@Suite struct AuditTests {
    func events(_ fixture: AcceleratorFixture, _ query: String = "") async throws -> [JSON] {
        let answer = try await fixture.call(.get, "/v2/events\(query)", version: "2.4")
        #expect(answer.status == 200, "\(answer.fault)")
        return answer.json["events"].array
    }

    @Test func `the whole life of a request is on record`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(needsPreparation: true, needsCleaning: true)]))
        try await fixture.profile("p")
        let id = try await fixture.requests("p")[0]
        fixture.clock.advance(.seconds(1))
        try await fixture.bind([id], instance: Reports.instance(1), provider: Reports.provider(1))
        fixture.clock.advance(.seconds(1))
        try await fixture.finish(try await fixture.work()[0])
        fixture.clock.advance(.seconds(1))
        try await fixture.call(
            .delete, "/v2/accelerator_requests?instance=\(Reports.instance(1))", as: .adminThroughService)
        let own = try await events(fixture, "?arq_uuid=\(id)")
        #expect(
            own.map { $0["action"].text } == ["arq.created", "arq.bind_started", "arq.bound", "arq.deleted"])
        #expect(own.allSatisfy { $0["project_id"] == "blue" })
        #expect(own[1]["actor"]["user_id"] == "u-member")
        #expect(own[1]["actor"]["service_user_id"] == "u-nova")
        #expect(own[1]["actor"]["request_id"].text.hasPrefix("req-"))
        #expect(own[1]["instance_uuid"].text == "\(Reports.instance(1))")
        #expect(own[1]["hostname"] == "host-a")
        #expect(!own[1]["device_uuid"].text.isEmpty)
        #expect(own[2]["actor"]["user_id"] == .null)
        #expect(own[3]["actor"]["user_id"] == "u-admin")
        for _ in 0..<2 { try await fixture.finish(try await fixture.work()[0]) }
        let all = try await events(fixture).map { $0["action"].text }
        #expect(Set(all) == Set(own.map { $0["action"].text } + ["device.found", "profile.created", "handle.cleaned"]))
        #expect(try await events(fixture, "?project_id=red").isEmpty)
        #expect(try await events(fixture, "?action=arq.bound").count == 1)
        let odd = try await fixture.call(.get, "/v2/events?action=nonsense", version: "2.4")
        #expect(odd.status == 400)
        #expect(odd.fault.contains("arq.bound"))
    }

    @Test func `operators' doings, and what happens to hosts and devices`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1), Reports.device(2)]))
        try await fixture.profile("p")
        let devices = try await fixture.call(.get, "/v2/devices").json["devices"].array
        let device = devices[0]["uuid"].text
        func post(_ path: String, _ body: JSON? = nil) async throws {
            #expect(try await fixture.call(.post, path, body, version: "2.4").status == 204)
        }
        try await post("/v2/devices/\(device)/disable")
        // Nothing changes: nothing is noted.
        try await post("/v2/devices/\(device)/disable")
        try await post("/v2/devices/\(device)/enable")
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1))
        try await post("/v2/hosts/host-a/disable", ["reason": "smoke"])
        try await fixture.heartbeat("host-a", .down)
        try await fixture.report(Reports.host(2, []))
        let ofHost = try await events(fixture, "?hostname=host-a")
        let counts = Dictionary(ofHost.map { ($0["action"].text, 1) }) { $0 + $1 }
        #expect(counts["device.disabled"] == 1)
        #expect(counts["device.enabled"] == 1)
        #expect(counts["host.disabled"] == 1)
        #expect(counts["host.down"] == 1)
        #expect(counts["device.missing"] == 1)
        #expect(counts["device.removed"] == 1)
        #expect(ofHost.first { $0["action"] == "host.disabled" }?["detail"] == "smoke")
        #expect(try await events(fixture, "?device_uuid=\(device)&action=device.disabled").count == 1)
    }

    @Test func `a change that is refused leaves no event`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device()]))
        try await fixture.profile("p", count: 2)
        let ids = try await fixture.requests("p")
        let answer = try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1))
        #expect(answer.status == 404)
        #expect(try await events(fixture, "?instance_uuid=\(Reports.instance(1))").isEmpty)
    }

    @Test func `old events are forgotten`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.profile("a")
        fixture.clock.advance(.seconds(91 * 86_400))
        try await fixture.profile("b")
        try await fixture.service.forgetOldEvents()
        #expect(try await events(fixture).map { $0["detail"].text } == ["b"])
    }
}
