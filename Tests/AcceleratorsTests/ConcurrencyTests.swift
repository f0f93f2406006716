import HTTPTypes
import Model
import StoreSQLite
import TestJSON
import Testing

/// Two replicas over one store, and many callers at once.
@Suite struct ConcurrencyTests {
    @Test func `no handle is bound twice, and none is left over`() async throws {
        let fixture = try await AcceleratorFixture()
        let twin = try await AcceleratorFixture(on: fixture, owner: "two")
        try await fixture.report(Reports.host([Reports.device(units: 10)]))
        try await fixture.profile("p")
        var ids: [String] = []
        for _ in 0..<30 { ids += try await fixture.requests("p") }
        let bound = try await withThrowingTaskGroup(of: Int.self) { group in
            for (index, id) in ids.enumerated() {
                let replica = index.isMultiple(of: 2) ? fixture : twin
                group.addTask {
                    try await replica.bind(
                        [id], instance: Reports.instance(index + 1), provider: Reports.provider(1)
                    ).status
                }
            }
            return try await group.reduce(into: 0) { count, status in
                #expect(status == 202 || status == 404)
                count += status == 202 ? 1 : 0
            }
        }
        #expect(bound == 10)
        #expect(try await fixture.handleStates() == ["held": 10])
        let arqs = try await fixture.call(.get, "/v2/accelerator_requests").json["arqs"].array
        let handles = arqs.map { $0["attach_handle_uuid"].text }.filter { !$0.isEmpty }
        #expect(Set(handles).count == 10)
    }

    /// W28: upstream lets both pass, and does not see other projects' requests.
    @Test func `W28 of two binds for one instance one passes, whoever's requests they are`() async throws {
        let fixture = try await AcceleratorFixture()
        let twin = try await AcceleratorFixture(on: fixture, owner: "two")
        try await fixture.report(Reports.host([Reports.device(units: 40)]))
        try await fixture.profile("p")
        for round in 1...10 {
            let blue = try await fixture.requests("p")
            let red = try await fixture.requests("p", as: .otherMember)
            let instance = Reports.instance(round)
            async let first = fixture.bind(blue, instance: instance, provider: Reports.provider(1))
            async let second = twin.bind(
                red, instance: instance, provider: Reports.provider(1), as: .otherMemberThroughService)
            let statuses = try await [first.status, second.status].sorted()
            #expect(statuses == [202, 400])
        }
        #expect(try await fixture.handleStates() == ["available": 30, "held": 10])
    }
}
