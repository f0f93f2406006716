import Accelerators
import Clients
import Foundation
import HTTPTypes
import Link
import Model
import Store
import Synchronization
import TestJSON
import Testing
import Workflows

/// Everyone that takes part is cut off at each of its moments in the life of a request: made, bound, told of, unbound,
/// deleted, cleaned; its host reported, gone and back. Always converges; no handle is leaked or bound twice.
///
/// `FAULT TABLE` in the output says how often each was cut. The process itself is in `KillTests`.
@Suite(.serialized) struct FaultTableTests {
    static let table = Mutex<[String: Int]>([:])

    static func count(_ party: String) { table.withLock { $0[party, default: 0] += 1 } }

    /// What the agent of the host does with the n-th item it sees.
    enum Agent: Sendable, Equatable {
        case well
        /// Dies before it says so; does it again when it is back.
        case silentOnce(Int)
        /// Says it twice, because the first answer was lost.
        case twice(Int)
    }

    struct World {
        let fixture: AcceleratorFixture
        var agent = Agent.well

        /// A client that calls again when the service has trouble.
        func call(_ call: () async throws -> Answer) async throws -> Answer {
            var answer = try await call()
            for _ in 0..<5 where answer.status >= 500 { answer = try await call() }
            return answer
        }

        /// What comes in by the agents' connection is said again until it is taken.
        func insist(_ act: () async throws -> Void) async throws {
            for _ in 0..<5 {
                do { return try await act() } catch { continue }
            }
            try await act()
        }

        /// Hosts do what stands in the database until nothing is left to do.
        func settle() async throws {
            var seen = 0
            var quiet = 0
            for _ in 0..<60 {
                await fixture.engine.runDue()
                guard let item = try await fixture.work().first else {
                    quiet += 1
                    if quiet > 3, try await fixture.openWorkflows() == [] { return }
                    fixture.clock.advance(.seconds(6))
                    continue
                }
                seen += 1
                if agent == .silentOnce(seen) { continue }
                try await insist { try await fixture.finish(item) }
                if agent == .twice(seen) { try await insist { try await fixture.finish(item) } }
                fixture.clock.advance(.milliseconds(500))
            }
            Issue.record("the work does not end")
        }

        func live() async throws {
            let instance = Reports.instance(1)
            let report = Reports.host([Reports.device(units: 2, needsPreparation: true, needsCleaning: true)])
            try await insist { try await fixture.report(report) }
            let provider = Reports.provider(1)
            fixture.placement.set(provider, total: 2, reserved: 1)
            #expect(
                try await call {
                    try await fixture.call(
                        .post, "/v2/device_profiles", [["name": "p", "groups": [["resources:FPGA": "2"]]]])
                }.status < 500)
            let made = try await call {
                try await fixture.call(
                    .post, "/v2/accelerator_requests", ["device_profile_name": "p"], as: .member)
            }
            #expect(made.status == 201, "\(made.fault)")
            let ids = made.json["arqs"].array.map { $0["uuid"].text }
            for round in 1...2 {
                let bound = try await call { try await fixture.bind(ids, instance: instance, provider: provider) }
                #expect(bound.status == 202 || bound.fault.contains("already has"), "\(bound.fault)")
                try await settle()
                #expect(try await fixture.handleStates() == ["held": 2])
                var handles: Set<String> = []
                for id in ids {
                    let request = try await call {
                        try await fixture.call(.get, "/v2/accelerator_requests/\(id)")
                    }.json
                    #expect(request["state"] == "Bound")
                    #expect(request["project_id"] == "blue")
                    handles.insert(request["attach_handle_uuid"].text)
                    #expect(fixture.compute.received.contains { "\($0.request)" == id && $0.isBound })
                }
                #expect(handles.count == 2)
                if round == 1 {
                    let unbound = try await call {
                        try await fixture.call(
                            .patch, "/v2/accelerator_requests", AcceleratorFixture.unbinding(ids),
                            as: .memberThroughService)
                    }
                    #expect(unbound.status == 202, "\(unbound.fault)")
                    try await settle()
                    #expect(try await fixture.handleStates() == ["available": 2])
                }
            }
            try await insist { try await fixture.heartbeat("host-a", .down) }
            fixture.clock.advance(.seconds(61))
            try await settle()
            #expect(fixture.placement.reserved(provider) == 2)
            try await insist { try await fixture.heartbeat("host-a", .up) }
            try await settle()
            #expect(fixture.placement.reserved(provider) == 1)
            let deleted = try await call {
                try await fixture.call(
                    .delete, "/v2/accelerator_requests?instance=\(instance)", as: .memberThroughService)
            }
            #expect(deleted.status == 204, "\(deleted.fault)")
            try await settle()
            #expect(try await fixture.handleStates() == ["available": 2])
            #expect(try await fixture.withheld() == [])
            #expect(try await fixture.openWorkflows() == [])
        }
    }

    /// The last operation of the whole life is below it; the table's test proves that.
    static let operations = 150
    /// Every seventh moment; every one where KILONOVA_TEST_FAULTS is `all`.
    static let step = ProcessInfo.processInfo.environment["KILONOVA_TEST_FAULTS"] == "all" ? 1 : 7

    @Test(
        arguments: Array(stride(from: 1, through: FaultTableTests.operations, by: FaultTableTests.step)), [false, true])
    func `the connection to the database`(operation: Int, commits: Bool) async throws {
        let fixture = try await AcceleratorFixture(through: { FlakyStore($0, commits: commits) })
        (fixture.serving as? FlakyStore)?.arm(at: operation)
        try await World(fixture: fixture).live()
        Self.count("database, \(commits ? "after the commit" : "before the operation")")
    }

    @Test(arguments: 1...7)
    func `the agent`(item: Int) async throws {
        for agent in [Agent.silentOnce(item), .twice(item)] {
            try await World(fixture: try await AcceleratorFixture(), agent: agent).live()
            Self.count("agent")
        }
    }

    @Test(arguments: 1...4)
    func `the compute service`(call: Int) async throws {
        for fault in [Fault.unavailable("Compute cannot be reached."), Fault(.badGateway, "odd")] {
            let fixture = try await AcceleratorFixture()
            fixture.compute.fail(at: call, fault)
            try await World(fixture: fixture).live()
            Self.count("compute")
        }
    }

    @Test(arguments: 1...4)
    func `the identity service`(call: Int) async throws {
        let limits = FakeLimits(["blue": [.init("accelerator_requests", limit: 10), .init("class:FPGA", limit: 2)]])
        limits.fail(at: call)
        try await World(fixture: try await AcceleratorFixture(limits: limits)).live()
        Self.count("identity")
    }

    @Test(arguments: 1...6)
    func `Placement`(call: Int) async throws {
        let fixture = try await AcceleratorFixture()
        fixture.placement.change { $0.failsAt = call }
        try await World(fixture: fixture).live()
        Self.count("placement")
    }

    @Test func `the cuts reach the last operation, and the table is printed`() async throws {
        let fixture = try await AcceleratorFixture(through: { FlakyStore($0, commits: false) })
        (fixture.serving as? FlakyStore)?.arm(at: .max)
        try await World(fixture: fixture).live()
        let count = (fixture.serving as? FlakyStore)?.count ?? 0
        #expect(count > 50 && count <= Self.operations, "\(count) operations")
        let rows = Self.table.withLock { $0 }.sorted { $0.key < $1.key }
        print(
            "FAULT TABLE (so far): "
                + rows.map { "\($0.key): \($0.value) cut, \($0.value) converged" }.joined(separator: "; "))
    }
}
