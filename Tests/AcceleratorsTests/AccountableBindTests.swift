import API
import Accelerators
import HTTPTypes
import Model
import Store
import TestJSON
import TestPlacement
import Testing

/// Binds of what is disabled, of what nobody claimed, and binds that are said twice.
@Suite struct AccountableBindTests {
    let one = Reports.instance(1)
    let provider = Reports.provider(1)

    func fixture(units: Int = 2, metrics: MetricsRegistry = MetricsRegistry()) async throws -> AcceleratorFixture {
        let fixture = try await AcceleratorFixture(metrics: metrics)
        try await fixture.report(Reports.host([Reports.device(units: units)]))
        try await fixture.profile("p")
        return fixture
    }

    @Test(arguments: ["devices", "deployables", "hosts"])
    func `what an operator disabled is not bound, and the answer says so`(collection: String) async throws {
        let fixture = try await fixture()
        let key =
            collection == "hosts"
            ? "host-a" : try await fixture.call(.get, "/v2/\(collection)").json[collection][0]["uuid"].text
        let body: JSON? = collection == "hosts" ? ["reason": "its fan is loud"] : nil
        let path = "/v2/\(collection)/\(key)"
        #expect(try await fixture.call(.post, "\(path)/disable", body, version: "2.4").status < 300)
        let ids = try await fixture.requests("p")
        let refused = try await fixture.bind(ids, instance: one, provider: provider)
        #expect(refused.status == 409)
        #expect(refused.fault.contains("disabled by an operator"))
        #expect(try await fixture.states(ids) == ["Initial"])
        #expect(try await fixture.handleStates() == ["available": 2])
        #expect(try await fixture.call(.post, "\(path)/enable", version: "2.4").status < 300)
        #expect(try await fixture.bind(ids, instance: one, provider: provider).status == 202)
    }

    @Test func `a bind that is not claimed is taken before 2.5, counted and said of the host`() async throws {
        let metrics = MetricsRegistry()
        let fixture = try await fixture(units: 4, metrics: metrics)
        for number in 1...2 {
            let ids = try await fixture.requests("p")
            let answer = try await fixture.bind(
                ids, instance: Reports.instance(number), provider: provider, version: number == 1 ? nil : "2.4")
            #expect(answer.status == 202)
        }
        func conditions() async throws -> [JSON] {
            try await fixture.call(.get, "/v2/hosts", version: "2.4").json["hosts"][0]["conditions"].array
        }
        #expect(try await conditions().map { $0["subject"].text } == ["\(provider)"])
        #expect(try await conditions()[0]["reason"].text.hasSuffix("(2 times)"))
        #expect(metrics.text().contains("kilonova_accelerator_unclaimed_binds_total 2"))
        // Nothing of whose they were.
        #expect(!(try await conditions()[0]["reason"].text.contains("\(Reports.instance(1))")))
        fixture.clock.advance(.seconds(2 * 86_400))
        try await fixture.service.forgetOldEvents()
        #expect(try await conditions() == [])
    }

    @Test func `what a later release found is shown as it is`() async throws {
        let fixture = try await fixture(units: 1)
        let now = fixture.clock.source.now()
        try await fixture.store.write { transaction in
            _ = try transaction.execute(
                """
                INSERT INTO host_findings (host, kind, subject, source, reason, occurrences, since, seen_at)
                VALUES ('host-a', 'thermal', 's', 'host-a', 'It is hot.', 1, \(now), \(now))
                """)
        }
        let host = try await fixture.call(.get, "/v2/hosts/host-a", version: "2.4").json
        #expect(host["conditions"].array == [["kind": "thermal", "subject": "s", "reason": "It is hot."]])
        // This release's reports and pruning leave it to the later one.
        fixture.clock.advance(.seconds(2 * 86_400))
        try await fixture.service.forgetOldEvents()
        try await fixture.report(Reports.host(9, [Reports.device(units: 1)]))
        let later = try await fixture.call(.get, "/v2/hosts/host-a", version: "2.4").json
        #expect(later["conditions"].array.map { $0["kind"].text } == ["thermal"])
    }

    @Test func `from 2.5 a bind needs its claim, of as many units as it binds`() async throws {
        let fixture = try await fixture(units: 4)
        let (first, second) = (try await fixture.requests("p"), try await fixture.requests("p"))
        func bind(_ ids: [String]) async throws -> Answer {
            try await fixture.bind(ids, instance: one, provider: provider, version: "2.5")
        }
        let refused = try await bind(first)
        #expect(refused.status == 409)
        #expect(refused.fault.contains("\(provider)"))
        fixture.placement.hold(Reports.instance(2), [provider: 4])
        #expect(try await bind(first).status == 409)
        fixture.placement.hold(one, [provider: 1])
        #expect(try await bind(first + second).status == 409)
        #expect(try await fixture.handleStates() == ["available": 4])
        #expect(try await bind(first).status == 202)
        let body: JSON = [
            "hostname": "host-a", "device_rp_uuid": .text("\(provider)"),
            "instance_uuid": .text("\(Reports.instance(3))"),
        ]
        let path = "/v2/accelerator_requests/\(second[0])/binding"
        #expect(try await fixture.call(.put, path, body, as: .memberThroughService, version: "2.5").status == 409)
        fixture.placement.cut(true)
        #expect(try await fixture.call(.put, path, body, as: .memberThroughService, version: "2.5").status == 503)
        #expect(try await fixture.call(.put, path, body, as: .memberThroughService, version: "2.4").status == 202)
    }

    @Test(arguments: ["2.4", "2.5"], [false, true])
    func `a PUT of a binding may be said twice`(version: String, prepares: Bool) async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 2, needsPreparation: prepares)]))
        try await fixture.profile("p")
        fixture.placement.hold(one, [provider: 1])
        let ids = try await fixture.requests("p")
        let path = "/v2/accelerator_requests/\(ids[0])/binding"
        func put(_ instance: InstanceID, _ headers: [(String, String)] = []) async throws -> Int {
            let body: JSON = [
                "hostname": "host-a", "device_rp_uuid": .text("\(provider)"), "instance_uuid": .text("\(instance)"),
            ]
            return try await fixture.call(
                .put, path, body, as: .memberThroughService, version: version, headers: headers
            ).status
        }
        #expect(try await put(one) == 202)
        let before = try await fixture.show(ids[0])
        #expect(try await put(one) == 202)
        #expect(try await fixture.show(ids[0]) == before)
        #expect(try await fixture.handleStates() == [prepares ? "preparing" : "held": 1, "available": 1])
        #expect(try await put(one, [("If-Match", "\"0\"")]) == 412)
        // Somewhere else it is bound already.
        fixture.placement.hold(Reports.instance(2), [provider: 1])
        #expect(try await put(Reports.instance(2)) == 409)
        // A PATCH is what it was.
        #expect(
            try await fixture.bind(ids, instance: one, provider: provider, version: version).status == 400)
    }

    /// Whoever has the role in a project of its own is not the compute service.
    @Test(arguments: [false, true])
    func `the role service without a service token has no power over other projects`(legacy: Bool) async throws {
        let fixture = try await AcceleratorFixture(legacy: legacy)
        try await fixture.report(Reports.host([Reports.device(units: 2)]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        let own = try await fixture.requests("p", as: .service)
        #expect(own.count == 1)
        for id in ids {
            let path = "/v2/accelerator_requests/\(id)"
            #expect(try await fixture.call(.delete, path, as: .service).status == 404)
            #expect(try await fixture.call(.delete, "/v2/accelerator_requests?arqs=\(id)", as: .service).status == 404)
            #expect([403, 404].contains(try await fixture.call(.get, path, as: .service).status))
        }
        let list = try await fixture.call(.get, "/v2/accelerator_requests", as: .service)
        #expect(legacy ? list.json["arqs"].array.map { $0["uuid"].text } == own : list.status == 403)
        #expect(try await fixture.states(ids) == ["Initial"])
        #expect(try await fixture.call(.delete, "/v2/accelerator_requests/\(own[0])", as: .service).status == 204)
        let path = "/v2/accelerator_requests/\(ids[0])"
        #expect(try await fixture.call(.delete, path, as: .serviceThroughService).status == 204)
    }

    @Test func `who holds a handle shows to administrators and to its own project`() async throws {
        let fixture = try await fixture()
        let foreign = try await fixture.requests("p", as: .otherMember)
        let own = try await fixture.requests("p")
        try await fixture.bind(
            foreign, instance: Reports.instance(2), provider: provider, as: .otherMemberThroughService)
        try await fixture.bind(own, instance: one, provider: provider)
        func holders(_ persona: Persona) async throws -> Set<String> {
            let list = try await fixture.call(.get, "/v2/attach_handles", as: persona, version: "2.4").json
            var seen = Set(list["attach_handles"].array.map { "\($0["arq_uuid"].text) \($0["instance_uuid"].text)" })
            for handle in list["attach_handles"].array {
                let path = "/v2/attach_handles/\(handle["uuid"].text)"
                let single = try await fixture.call(.get, path, as: persona, version: "2.4").json
                #expect(single["arq_uuid"] == handle["arq_uuid"] && single["instance_uuid"] == handle["instance_uuid"])
                seen.insert("\(single["arq_uuid"].text) \(single["instance_uuid"].text)")
            }
            return seen
        }
        #expect(try await holders(.admin) == ["\(foreign[0]) \(Reports.instance(2))", "\(own[0]) \(one)"])
        #expect(try await holders(.manager) == [" ", "\(own[0]) \(one)"])
    }
}
