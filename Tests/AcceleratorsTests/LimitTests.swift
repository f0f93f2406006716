import Accelerators
import Conventions
import HTTPTypes
import Model
import StoreSQLite
import TestJSON
import Testing

/// W38: upstream has no quota.
@Suite struct LimitTests {
    func fixture(_ limits: [ResourceLimit], red: [ResourceLimit] = []) async throws -> AcceleratorFixture {
        let fixture = try await AcceleratorFixture(limits: FakeLimits(["blue": limits, "red": red]))
        try await fixture.report(Reports.host([Reports.device(1, units: 10)]))
        try await fixture.profile("p")
        return fixture
    }

    func bind(
        _ fixture: AcceleratorFixture, _ instance: Int, owner: Persona = .member,
        as persona: Persona = .adminThroughService
    ) async throws -> Answer {
        let ids = try await fixture.requests("p", as: owner)
        return try await fixture.bind(
            ids, instance: Reports.instance(instance), provider: Reports.provider(1), as: persona)
    }

    @Test func `W38 requests are limited when they are made`() async throws {
        let fixture = try await fixture([ResourceLimit("accelerator_requests", limit: 2)])
        #expect(try await fixture.requests("p").count == 1)
        #expect(try await fixture.requests("p").count == 1)
        let third = try await fixture.call(
            .post, "/v2/accelerator_requests", ["device_profile_name": "p"], as: .member)
        #expect(third.status == 403)
        #expect(third.fault.contains("accelerator_requests of the project: limit 2, used 2, asked for 1"))
    }

    @Test func `W38 bound accelerators are charged to the owner, whoever binds`() async throws {
        let fixture = try await fixture([ResourceLimit("class:FPGA", limit: 1)])
        #expect(try await bind(fixture, 1).status == 202)
        let second = try await bind(fixture, 2)
        #expect(second.status == 403)
        #expect(second.fault.contains("class:FPGA of the project: limit 1, used 1, asked for 1"))
        #expect(try await fixture.handleStates() == ["available": 9, "held": 1])
        #expect(try await bind(fixture, 3, owner: .otherMember).status == 202)
        try await fixture.call(
            .delete, "/v2/accelerator_requests?instance=\(Reports.instance(1))", as: .memberThroughService)
        #expect(try await bind(fixture, 4).status == 202)
    }

    @Test func `a negative limit is none, and the family counts together`() async throws {
        let family = ResourceLimit.Family(limit: 2, projects: ["blue", "red"])
        let limits = [ResourceLimit("class:FPGA", limit: -1, family: family)]
        let fixture = try await fixture(limits, red: limits)
        #expect(try await bind(fixture, 1).status == 202)
        #expect(try await bind(fixture, 2, owner: .otherMember).status == 202)
        let third = try await bind(fixture, 3)
        #expect(third.status == 403)
        #expect(third.fault.contains("limit 2, used 2"))
    }

    @Test func `many at once never pass the limit`() async throws {
        let fixture = try await fixture([ResourceLimit("class:FPGA", limit: 3)])
        var ids: [String] = []
        for _ in 0..<10 { ids += try await fixture.requests("p") }
        let bound = try await withThrowingTaskGroup(of: Int.self) { group in
            for (index, id) in ids.enumerated() {
                group.addTask {
                    try await fixture.bind(
                        [id], instance: Reports.instance(index + 1), provider: Reports.provider(1)
                    ).status
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 == 202 ? 1 : 0 }
        }
        #expect(bound == 3)
    }

    @Test func `an identity service that cannot be asked admits nothing`() async throws {
        let fixture = try await AcceleratorFixture(limits: FakeLimits([:]))
        try await fixture.report(Reports.host([Reports.device()]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        fixture.limits.set(nil)
        #expect(
            try await fixture.call(
                .post, "/v2/accelerator_requests", ["device_profile_name": "p"], as: .member
            ).status == 503)
        #expect(
            try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1)).status == 503)
        #expect(try await fixture.handleStates() == ["available": 1])
    }
}
