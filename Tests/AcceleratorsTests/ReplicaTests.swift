import Accelerators
import Conventions
import HTTPTypes
import Link
import Model
import Store
import TestJSON
import TestStore
import Testing

/// Two replicas with connections of their own over one PostgreSQL.
@Suite(.enabled(if: Engine.hasPostgreSQL, "KILONOVA_TEST_POSTGRESQL names no server")) struct ReplicaTests {
    func replicas(
        limits: FakeLimits? = nil, _ body: (AcceleratorFixture, AcceleratorFixture) async throws -> Void
    ) async throws {
        try await Engine.postgresql.withPlace { place in
            let stores = [try place.open(connections: 2), try place.open(connections: 2)]
            try await Migrator(AcceleratorFixture.migrations).run(on: stores[0])
            let one = try await AcceleratorFixture(limits: limits, over: stores[0])
            let two = try await AcceleratorFixture(limits: limits, on: one, owner: "two", over: stores[1])
            try await body(one, two)
            for store in stores { await store.close() }
        }
    }

    /// A client that calls again when the service asks it to.
    func patient(_ call: () async throws -> Answer) async throws -> Int {
        for _ in 0..<20 {
            let status = try await call().status
            if status != 503 && status != 409 { return status }
        }
        return 503
    }

    @Test func `W28 of two binds for one instance one passes, whichever replica is asked`() async throws {
        try await replicas { one, two in
            try await one.report(Reports.host([Reports.device(units: 40)]))
            try await one.profile("p")
            for round in 1...15 {
                let blue = try await one.requests("p")
                let red = try await two.requests("p", as: .otherMember)
                let instance = Reports.instance(round)
                async let first = patient {
                    try await one.bind(blue, instance: instance, provider: Reports.provider(1))
                }
                async let second = patient {
                    try await two.bind(
                        red, instance: instance, provider: Reports.provider(1), as: .otherMemberThroughService)
                }
                let statuses = try await [first, second].sorted()
                #expect(statuses == [202, 400])
            }
            #expect(try await one.handleStates() == ["available": 25, "held": 15])
        }
    }

    @Test func `W28 no handle is bound twice and no limit is passed`() async throws {
        let limits = FakeLimits(["blue": [.init("class:FPGA", limit: 8), .init("accelerator_requests", limit: 100)]])
        try await replicas(limits: limits) { one, two in
            try await one.report(Reports.host([Reports.device(units: 10)]))
            try await one.profile("p")
            var ids: [String] = []
            for _ in 0..<16 { ids += try await one.requests("p") }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for (index, id) in ids.enumerated() {
                    let replica = index.isMultiple(of: 2) ? one : two
                    group.addTask {
                        try await patient {
                            try await replica.bind(
                                [id], instance: Reports.instance(index + 1), provider: Reports.provider(1))
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 202 }.count == 8)
            #expect(statuses.filter { $0 == 403 }.count == 8)
            #expect(try await two.handleStates() == ["available": 2, "held": 8])
        }
    }

    /// W31: upstream's conductors race on the differences.
    @Test func `W31 reports of a host are put in order by their generation`() async throws {
        try await replicas { one, two in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for generation in 1...12 {
                    let replica = generation.isMultiple(of: 2) ? one : two
                    group.addTask {
                        // Each report has another device beside the one that stays.
                        let report = Reports.host(
                            Int64(generation), [Reports.device(1, units: 2), Reports.device(100 + generation)])
                        for _ in 0..<20 {
                            do { return try await replica.report(report) } catch is StoreError { continue }
                        }
                        try await replica.report(report)
                    }
                }
                try await group.waitForAll()
            }
            let names = try await one.call(.get, "/v2/deployables").json["deployables"].array.map { $0["name"].text }
            #expect(names.sorted() == ["card-1", "card-112"])
            #expect(try await two.handleStates() == ["available": 3])
        }
    }

    /// Who waits at one replica hears of what the other did.
    @Test func `a change is seen by the other replica at once`() async throws {
        try await replicas { one, two in
            try await one.report(Reports.host([Reports.device()]))
            try await one.profile("p")
            let id = try await one.requests("p")[0]
            async let waiting = two.call(
                .get, "/v2/accelerator_requests/\(id)?wait=60", version: "2.4", headers: [("If-None-Match", "\"0\"")])
            try await one.bind([id], instance: Reports.instance(1), provider: Reports.provider(1))
            #expect(try await waiting.json["state"] == "Bound")
        }
    }
}
