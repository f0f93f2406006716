import Accelerators
import Clients
import Conventions
import Fleet
import Foundation
import HTTPTypes
import Link
import Model
import Store
import TestJSON
import TestPlacement
import Testing
import Workflows

/// Everyone that takes part is cut off at each of its moments in the life of requests: made, bound, told of, unbound,
/// failed, deleted, cleaned, not cleaned in time; their host reported, gone and back. The steps of workflows are not written down
/// here: each that is known must be run and cut. Always converges; no handle is leaked, bound twice or given to another
/// project before it is clean.
///
/// `make test-faults` cuts at every moment and prints the table. The process itself is in `KillTests`.
@Suite(.serialized) struct FaultTableTests {
    /// What the agent of the host does with the n-th item it sees.
    enum Agent: Sendable, Equatable {
        case well
        /// Dies before it says so; does it again when it is back.
        case silentOnce(Int)
        /// Says it twice, because the first answer was lost.
        case twice(Int)
        /// Dies while it reports, before or after the report is taken; reports anew when it is back, and does the item.
        case reporting(Int, isTaken: Bool)
    }

    struct World {
        let fixture: AcceleratorFixture
        var agent = Agent.well
        let stage: Stage

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

        private func report(_ generation: Int64) async throws {
            let report = Reports.host(
                generation, [Reports.device(units: 2, needsPreparation: true, needsCleaning: true)])
            try await insist { try await fixture.report(report) }
        }

        /// The agent's part in what happens to the n-th item; false when it dies before it is done.
        private func survives(_ item: DeviceWork, _ seen: Int) async throws -> Bool {
            switch agent {
            case .silentOnce(seen):
                stage.cut()
                return false
            case .reporting(seen, isTaken: let isTaken):
                stage.enter(.report)
                if isTaken { try await report(stage.nextReport()) }
                stage.cut()
                try await report(stage.nextReport())
                return false
            default: return true
            }
        }

        /// Hosts do what stands in the database until nothing is left to do.
        ///
        /// - Parameters:
        ///   - pause: how far the clock goes on where there is nothing to do
        ///   - outcome: what comes of an item; nil when it hangs, and the clock goes on
        func settle(
            pause: Duration = .seconds(6), _ outcome: (DeviceWork.Kind) -> WorkOutcome? = { _ in .done }
        ) async throws {
            var quiet = 0
            for _ in 0..<60 {
                await fixture.engine.runDue()
                guard let item = try await fixture.work().first else {
                    quiet += 1
                    if quiet > 3, try await fixture.openWorkflows() == [] { return }
                    fixture.clock.advance(pause)
                    continue
                }
                guard let outcome = outcome(item.kind) else {
                    fixture.clock.advance(.seconds(100))
                    try await insist { try await fixture.proves("host-a") }
                    continue
                }
                let seen = stage.nextItem()
                stage.enter(item.kind)
                guard try await survives(item, seen) else { continue }
                try await insist { try await fixture.finish(item, outcome) }
                if agent == .twice(seen) {
                    stage.cut()
                    try await insist { try await fixture.finish(item, outcome) }
                }
                fixture.clock.advance(.milliseconds(500))
            }
            Issue.record("the work does not end")
        }

        func live() async throws {
            let instance = Reports.instance(1)
            let provider = Reports.provider(1)
            stage.enter(.report)
            try await report(1)
            fixture.placement.set(provider, total: 2, reserved: 1)
            stage.enter(.create)
            #expect(
                try await call {
                    try await fixture.call(
                        .post, "/v2/device_profiles", [["name": "p", "groups": [["resources:FPGA": "2"]]]])
                }.status < 500)
            let ids = try await create(as: .member)
            for round in 1...2 {
                try await bind(ids, instance, provider)
                if round == 1 { try await unbind(ids) }
            }
            try await losesItsHost(provider)
            stage.enter(.delete)
            let deleted = try await call {
                try await fixture.call(
                    .delete, "/v2/accelerator_requests?instance=\(instance)", as: .memberThroughService)
            }
            #expect(deleted.status == 204, "\(deleted.fault)")
            try await nobodyElseGetsThem(provider)
            try await settle()
            try await bindFails(provider)
            try await cleaningHangs(provider)
            try await neverTold(provider)
            #expect(try await fixture.handleStates() == ["available": 2])
            #expect(try await fixture.withheld() == [])
            #expect(try await fixture.openWorkflows() == [])
        }

        private func create(as persona: Persona) async throws -> [String] {
            let made = try await call {
                try await fixture.call(
                    .post, "/v2/accelerator_requests", ["device_profile_name": "p"], as: persona)
            }
            #expect(made.status == 201, "\(made.fault)")
            return made.json["arqs"].array.map { $0["uuid"].text }
        }

        private func bind(_ ids: [String], _ instance: InstanceID, _ provider: ResourceProviderID) async throws {
            stage.enter(.bind)
            let bound = try await call { try await fixture.bind(ids, instance: instance, provider: provider) }
            #expect(bound.status == 202 || bound.fault.contains("already has"), "\(bound.fault)")
            try await settle()
            #expect(try await fixture.handleStates() == ["held": 2])
            var handles: Set<String> = []
            for id in ids {
                let request = try await call { try await fixture.call(.get, "/v2/accelerator_requests/\(id)") }.json
                #expect(request["state"] == "Bound")
                #expect(request["project_id"] == "blue")
                handles.insert(request["attach_handle_uuid"].text)
                #expect(fixture.compute.received.contains { "\($0.request)" == id && $0.isBound })
            }
            #expect(handles.count == 2)
        }

        private func unbind(_ ids: [String]) async throws {
            stage.enter(.unbind)
            let unbound = try await call {
                try await fixture.call(
                    .patch, "/v2/accelerator_requests", AcceleratorFixture.unbinding(ids), as: .memberThroughService)
            }
            #expect(unbound.status == 202, "\(unbound.fault)")
            try await settle()
            #expect(try await fixture.handleStates() == ["available": 2])
        }

        /// The compute service takes no event: what is bound stays bound, and says so.
        private func neverTold(_ provider: ResourceProviderID) async throws {
            fixture.compute.answer(.success(.tryAgain))
            let instance = Reports.instance(6)
            let ids = try await create(as: .member)
            stage.enter(.bind)
            let bound = try await call { try await fixture.bind(ids, instance: instance, provider: provider) }
            #expect(bound.status == 202 || bound.fault.contains("already has"), "\(bound.fault)")
            try await settle(pause: .seconds(100))
            for id in ids {
                let request = try await call {
                    try await fixture.call(.get, "/v2/accelerator_requests/\(id)", version: "2.5")
                }.json
                #expect(request["state"] == "Bound")
                #expect(request["reason"].text.contains("did not take the event"))
            }
            fixture.compute.answer(.success(.accepted))
            stage.enter(.delete)
            let deleted = try await call {
                try await fixture.call(
                    .delete, "/v2/accelerator_requests?instance=\(instance)", as: .memberThroughService)
            }
            #expect(deleted.status == 204, "\(deleted.fault)")
            try await settle()
        }

        /// As long as they are not clean.
        private func nobodyElseGetsThem(_ provider: ResourceProviderID) async throws {
            let others = try await create(as: .otherMember)
            let refused = try await call {
                try await fixture.bind(
                    others, instance: Reports.instance(7), provider: provider, as: .otherMemberThroughService)
            }
            #expect(refused.status == 404, "\(refused.fault)")
        }

        /// The host never ends a cleaning: nobody gets what is not clean until an operator has it tried again.
        private func cleaningHangs(_ provider: ResourceProviderID) async throws {
            let instance = Reports.instance(9)
            let ids = try await create(as: .member)
            try await bind(ids, instance, provider)
            stage.enter(.delete)
            let deleted = try await call {
                try await fixture.call(
                    .delete, "/v2/accelerator_requests?instance=\(instance)", as: .memberThroughService)
            }
            #expect(deleted.status == 204, "\(deleted.fault)")
            try await settle { $0 == .clean ? nil : .done }
            #expect(try await fixture.handleStates() == ["error": 2])
            try await nobodyElseGetsThem(provider)
            let handles = try await call { try await fixture.call(.get, "/v2/attach_handles", version: "2.4") }
            for handle in handles.json["attach_handles"].array {
                let path = "/v2/attach_handles/\(handle["uuid"].text)/retry"
                let tried = try await call { try await fixture.call(.post, path, version: "2.4") }
                // Who hears nothing and asks again is told that it is no longer in error.
                #expect(tried.status == 202 || tried.status == 409, "\(tried.fault)")
            }
            try await settle()
        }

        private func losesItsHost(_ provider: ResourceProviderID) async throws {
            stage.enter(.withhold)
            try await insist { try await fixture.heartbeat("host-a", .down) }
            fixture.clock.advance(.seconds(61))
            try await settle()
            #expect(fixture.placement.reserved(provider) == 2)
            try await insist { try await fixture.heartbeat("host-a", .up) }
            try await settle()
            #expect(fixture.placement.reserved(provider) == 1)
        }

        /// The host cannot prepare: all fails together, and is told.
        private func bindFails(_ provider: ResourceProviderID) async throws {
            stage.enter(.bind)
            let ids = try await create(as: .otherMember)
            let instance = Reports.instance(8)
            let bound = try await call {
                try await fixture.bind(
                    ids, instance: instance, provider: provider, as: .otherMemberThroughService)
            }
            #expect(bound.status == 202 || bound.fault.contains("already has"), "\(bound.fault)")
            try await settle { $0 == .prepare ? .failed("told to") : .done }
            for id in ids {
                let request = try await call { try await fixture.call(.get, "/v2/accelerator_requests/\(id)") }.json
                #expect(request["state"] == "BindFailed")
                #expect(request["project_id"] == "red")
                #expect(fixture.compute.received.contains { "\($0.request)" == id && !$0.isBound })
            }
            #expect(try await fixture.handleStates() == ["available": 2])
            stage.enter(.delete)
            let deleted = try await call {
                try await fixture.call(
                    .delete, "/v2/accelerator_requests?instance=\(instance)", as: .otherMemberThroughService)
            }
            #expect(deleted.status == 204, "\(deleted.fault)")
            try await settle()
        }
    }

    /// The last operation of the whole life is below it; a test proves that.
    static let operations = 540
    /// From one moment to the next that is tried.
    static let step = steps(ProcessInfo.processInfo.environment)

    /// All where KILONOVA_TEST_FAULTS is `all`, as in `make test-faults`. Each is a whole life, which takes a debug build seconds.
    private static func steps(_ environment: [String: String]) -> Int {
        if environment["KILONOVA_TEST_FAULTS"] == "all" { return 1 }
        return environment["KILONOVA_TEST_ENGINE"] == "postgresql" ? 271 : 109
    }

    @Test(
        arguments: Array(stride(from: 1, through: FaultTableTests.operations, by: FaultTableTests.step)), [false, true])
    func `the connection to the database`(operation: Int, commits: Bool) async throws {
        let stage = Stage()
        let fixture = try await AcceleratorFixture(through: { FlakyStore($0, commits: commits, stage: stage) })
        (fixture.serving as? FlakyStore)?.arm(at: operation)
        try await World(fixture: fixture, stage: stage).live()
        stage.say("database connection, \(commits ? "after the commit" : "before the operation")")
    }

    @Test(arguments: FaultMoments.upTo(34))
    func `the agent`(item: Int) async throws {
        let agents: [(Agent, String)] = [
            (.silentOnce(item), "before it answers"), (.twice(item), "after its answer was lost"),
            (.reporting(item, isTaken: false), "while it reports, before that is taken"),
            (.reporting(item, isTaken: true), "while it reports, after that is taken"),
        ]
        for (agent, moment) in agents {
            let stage = Stage()
            try await World(fixture: try await AcceleratorFixture(), agent: agent, stage: stage).live()
            stage.say("agent, \(moment)")
        }
    }

    @Test(arguments: FaultMoments.upTo(6))
    func `the compute service`(call: Int) async throws {
        for fault in [Fault.unavailable("Compute cannot be reached."), Fault(.badGateway, "odd")] {
            let stage = Stage()
            let fixture = try await AcceleratorFixture()
            fixture.compute.fail(at: call, fault, stage)
            try await World(fixture: fixture, stage: stage).live()
            stage.say("compute service (Nova)")
        }
    }

    @Test(arguments: FaultMoments.upTo(11))
    func `the identity service`(call: Int) async throws {
        let stage = Stage()
        let own: [ResourceLimit] = [.init("accelerator_requests", limit: 10), .init("class:FPGA", limit: 2)]
        let limits = FakeLimits(["blue": own, "red": own])
        limits.fail(at: call, stage)
        try await World(fixture: try await AcceleratorFixture(limits: limits), stage: stage).live()
        stage.say("identity service")
    }

    @Test(arguments: FaultMoments.upTo(6))
    func `Placement`(call: Int) async throws {
        let stage = Stage()
        let fixture = try await AcceleratorFixture()
        fixture.placement.fail(at: call, stage)
        try await World(fixture: fixture, stage: stage).live()
        stage.say("Placement")
    }

    @Test func `every step of every workflow is run, and cut`() async throws {
        let stage = Stage()
        let fixture = try await AcceleratorFixture(through: { FlakyStore($0, commits: false, stage: stage) })
        let flaky = try #require(fixture.serving as? FlakyStore)
        flaky.arm(at: .max)
        try await World(fixture: fixture, stage: stage).live()
        let moments = flaky.moments
        #expect(moments.count > 50 && moments.count <= Self.operations, "\(moments.count) operations")
        let steps = fixture.engine.known.flatMap(\.labels)
        #expect(steps.count >= 7)
        let missing = steps.filter { !moments.contains($0) }
        #expect(missing == [], "No life comes by these steps: let it, so that they can be cut.")
        if Stage.isTabulated {
            let columns = Stage.Name.allCases.map(\.rawValue) + DeviceWork.Kind.allCases.map(Stage.Name.work) + steps
            print("\nMOMENTS|\(columns.joined(separator: "|"))")
        }
        for step in steps {
            for commits in [false, true] {
                let stage = Stage()
                let fixture = try await AcceleratorFixture(through: { FlakyStore($0, commits: commits, stage: stage) })
                (fixture.serving as? FlakyStore)?.arm(in: step)
                try await World(fixture: fixture, stage: stage).live()
                #expect(stage.cutAt == step)
            }
        }
    }
}
