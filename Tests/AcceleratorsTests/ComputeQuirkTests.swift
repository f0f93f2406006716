import HTTPTypes
import Model
import TestJSON
import Testing

/// What the compute service asks in unusual ways. W40: several servers of one call, and calls without a user's token.
@Suite struct ComputeQuirkTests {
    func world() async throws -> AcceleratorFixture {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 8), Reports.device(2, units: 8)]))
        try await fixture.profile("p", count: 2)
        return fixture
    }

    @Test func `W40 servers of one call are bound each for itself, at once`() async throws {
        let fixture = try await world()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...8 {
                let ids = try await fixture.requests("p")
                group.addTask {
                    try await fixture.bind(
                        ids, instance: Reports.instance(number), provider: Reports.provider(1 + number % 2)
                    ).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 202, count: 8))
        #expect(try await fixture.handleStates() == ["held": 16])
        for number in 1...8 {
            let list = try await fixture.call(.get, "/v2/accelerator_requests?instance=\(Reports.instance(number))")
            let providers = list.json["arqs"].array.map { $0["device_rp_uuid"].text }
            #expect(providers == Array(repeating: "\(Reports.provider(1 + number % 2))", count: 2))
        }
    }

    /// Upstream looks at the first request's instance only.
    @Test func `W40 one PATCH may bind several servers, and refuses all when one has requests already`() async throws {
        let fixture = try await world()
        func body(_ first: [String], _ second: [String], _ instances: (Int, Int)) -> JSON {
            let one = AcceleratorFixture.binding(
                first, instance: Reports.instance(instances.0), provider: Reports.provider(1))
            let two = AcceleratorFixture.binding(
                second, instance: Reports.instance(instances.1), provider: Reports.provider(2))
            guard case .object(let left) = one, case .object(let right) = two else { return .null }
            return .object(left.merging(right) { $1 })
        }
        func patch(_ body: JSON) async throws -> Answer {
            try await fixture.call(.patch, "/v2/accelerator_requests", body, as: .memberThroughService)
        }
        let (a, b) = (try await fixture.requests("p"), try await fixture.requests("p"))
        #expect(try await patch(body(a, b, (1, 2))).status == 202)
        #expect(try await fixture.handleStates() == ["available": 12, "held": 4])
        let (c, d) = (try await fixture.requests("p"), try await fixture.requests("p"))
        for instances in [(3, 2), (2, 3)] {
            let refused = try await patch(body(c, d, instances))
            #expect(refused.status == 400)
            #expect(refused.fault.contains("\(Reports.instance(2)) already has"))
        }
        #expect(try await fixture.handleStates() == ["available": 12, "held": 4])
    }

    /// The periodic offloading of shelved servers has no user; upstream then has no token to send.
    @Test func `W40 the service's own token is enough to give a project's accelerators back`() async throws {
        let fixture = try await world()
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1))
        let path = "/v2/accelerator_requests?instance=\(Reports.instance(1))"
        #expect(try await fixture.call(.delete, path, as: .serviceThroughService).status == 204)
        #expect(try await fixture.handleStates() == ["available": 16])
        // And to bind again for the same owner.
        let again = try await fixture.requests("p")
        let bound = try await fixture.bind(
            again, instance: Reports.instance(1), provider: Reports.provider(1), as: .serviceThroughService)
        #expect(bound.status == 202)
        #expect(try await fixture.show(again[0])["project_id"] == "blue")
    }
}
