import Accelerators
import Clients
import Fleet
import HTTPTypes
import Link
import Model
import Store
import TestJSON
import TestStore
import Testing
import Workflows

/// Workflows that the release before began, with the rows that it wrote, go on here.
@Suite(.everyEngine) struct FormerWorkflowTests {
    /// A row of the kind becomes what that release left: its input's text, and nothing of what came later.
    func replace(_ fixture: AcceleratorFixture, _ kind: String, input: String) async throws -> WorkflowID {
        try await fixture.store.write { transaction in
            let id: WorkflowID? = try transaction.first(
                "SELECT id FROM workflows WHERE definition = \(kind) AND state = 'running'"
            ) { row in try row[0] }
            try transaction.execute(
                """
                UPDATE workflows SET input = \(input), step = NULL, step_began_at = NULL, step_window_at = NULL,
                    behalf_user = NULL, behalf_project = NULL, behalf_request = NULL, owner = 'host.1.dead'
                WHERE definition = \(kind)
                """)
            return try #require(id)
        }
    }

    func bound(
        _ compute: FakeCompute = FakeCompute(), preparing: Bool, cleaning: Bool = false
    ) async throws -> (AcceleratorFixture, String) {
        let fixture = try await AcceleratorFixture(compute: compute)
        try await fixture.report(
            Reports.host([Reports.device(needsPreparation: preparing, needsCleaning: cleaning)]))
        try await fixture.profile("p")
        let id = try await fixture.requests("p")[0]
        try await fixture.bind([id], instance: Reports.instance(1), provider: Reports.provider(1))
        return (fixture, id)
    }

    @Test func `a binding, with the signal of its failure`() async throws {
        let (fixture, request) = try await bound(preparing: true)
        let id = try await replace(fixture, "accelerators.bind", input: #"{"requests":["\#(request)"]}"#)
        try await fixture.store.write { [now = fixture.clock.source.now()] transaction in
            for (name, text) in [("prepared", ""), ("failed", "the parent is \"full\"")] {
                try transaction.execute(
                    """
                    INSERT INTO workflow_signals (workflow, name, payload, arrived_at)
                    VALUES (\(id), \(name), \(text), \(now))
                    """)
            }
        }
        await fixture.engine.runDue()
        #expect(try await fixture.states([request]) == ["BindFailed"])
        let shown = try await fixture.call(.get, "/v2/accelerator_requests/\(request)", version: "2.5").json
        #expect(shown["reason"].text.hasSuffix("the parent is \"full\""))
    }

    @Test func `the watch of a cleaning`() async throws {
        let (fixture, request) = try await bound(preparing: false, cleaning: true)
        try await fixture.call(.delete, "/v2/accelerator_requests/\(request)", as: .memberThroughService)
        let item = try await fixture.work()[0]
        let began = fixture.clock.source.now().microseconds
        let input = #"{"handle":"\#(item.handle)","item":"\#(item.id)","began":\#(began)}"#
        _ = try await replace(fixture, "accelerators.clean", input: input)
        await fixture.engine.runDue()
        #expect(try await fixture.handleStates() == ["cleaning": 1])
        fixture.clock.advance(.seconds(901))
        await fixture.engine.runDue()
        #expect(try await fixture.handleStates() == ["error": 1])
    }

    @Test func `a notice`() async throws {
        let (fixture, request) = try await bound(FakeCompute(.success(.tryAgain)), preparing: false)
        let began = fixture.clock.source.now().microseconds
        let event = #"{"instance":"\#(Reports.instance(1))","request":"\#(request)","isBound":true}"#
        _ = try await replace(fixture, "accelerators.notify", input: #"{"events":[\#(event)],"began":\#(began)}"#)
        fixture.compute.answer(.success(.accepted))
        await fixture.engine.runDue()
        #expect(fixture.compute.received.last?.request.description == request)
        #expect(try await fixture.openWorkflows() == [])
    }

    @Test func `a host that is down`() async throws {
        let (fixture, _) = try await bound(preparing: false)
        fixture.placement.set(Reports.provider(1), total: 1, reserved: 0)
        try await fixture.heartbeat("host-a", .down)
        let since = fixture.clock.source.now().microseconds
        _ = try await replace(
            fixture, "accelerators.availability", input: #"{"host":"host-a","since":\#(since)}"#)
        fixture.clock.advance(.seconds(61))
        await fixture.engine.runDue()
        #expect(fixture.placement.reserved(Reports.provider(1)) == 1)
        #expect(try await fixture.openWorkflows() == [])
    }

    @Test func `work is on its caller's behalf`() async throws {
        let (fixture, request) = try await bound(preparing: false, cleaning: true)
        try await fixture.call(.delete, "/v2/accelerator_requests/\(request)", as: .memberThroughService)
        #expect(
            try await behalf(fixture) == [["accelerators.clean", "blue"], ["accelerators.notify", "blue"]])
        let (other, _) = try await bound(preparing: true)
        #expect(try await behalf(other) == [["accelerators.bind", "blue"]])
        try await other.finish(try await other.work()[0])
        // The news of a binding that its workflow ends is on the same behalf.
        #expect(try await behalf(other) == [["accelerators.bind", "blue"], ["accelerators.notify", "blue"]])
    }

    func behalf(_ fixture: AcceleratorFixture) async throws -> [[String]] {
        try await fixture.store.read { transaction in
            try transaction.all(
                "SELECT definition, behalf_project FROM workflows WHERE behalf_request LIKE 'req-%' ORDER BY definition"
            ) { row in [try row[0] as String, try row[1] as String] }
        }
    }
}
