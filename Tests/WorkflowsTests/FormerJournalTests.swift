import Model
import Store
import TestStore
import Testing

@testable import Workflows

/// Journals as the release before wrote them: without locks, times of steps, outputs, and on nobody's behalf.
@Suite struct FormerJournalTests {
    static let now = VirtualClock().now
    static let id = WorkflowID("5e1f6a8e-6d4b-4d0b-9a3c-0d6f1f6d5a01")
    static let go = WorkflowSignal<String>("go")
    static let kind = WorkflowType<String>("test.former")

    static let definition = WorkflowDefinition(
        kind, in: WorkflowFixture.slots,
        steps: [
            .booking("first"),
            .booking("second") { context, transaction in
                try context.take(go, in: transaction) == "yes, \"now\"" ? .done : .wait(until: nil)
            },
            .booking("third"),
        ])

    /// A database of that release with one workflow at its second step, held by a process that is dead.
    func withFormer(
        on engine: Engine, state: String, failure: String? = nil,
        _ body: (WorkflowFixture, WorkflowID) async throws -> Void
    ) async throws {
        let id = try #require(Self.id)
        let former = [WorkflowMigrations.all[0], WorkflowFixture.ledger]
        try await engine.withStore(former) { store in
            let begin = Self.now - .seconds(100)
            try await store.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO workflows (id, definition, subject, input, state, position, attempts, wakes, due_at,
                        deadline_at, failure, owner, lease_until, fence, created_at, updated_at)
                    VALUES (\(id), 'test.former', 'server-1', '"x"', \(state), 1, 2, 1, \(begin), \(Self.now + .seconds(60)),
                        \(failure), 'host.1.dead', \(begin + .seconds(30)), 4, \(begin), \(begin))
                    """)
                try transaction.execute(
                    """
                    INSERT INTO workflow_steps (workflow, position, name, state, attempts, note, ended_at)
                    VALUES (\(id), 0, 'first', 'done', 1, NULL, \(begin))
                    """)
                try transaction.execute(
                    """
                    INSERT INTO workflow_signals (workflow, name, payload, arrived_at)
                    VALUES (\(id), 'go', 'yes, "now"', \(begin))
                    """)
                try WorkflowFixture.book("first", 1, transaction)
            }
            try await Migrator(WorkflowMigrations.all + [WorkflowFixture.ledger]).run(on: store)
            try await body(try await WorkflowFixture(over: store), id)
        }
    }

    @Test(arguments: Engine.available)
    func `one that runs goes on`(engine: Engine) async throws {
        try await withFormer(on: engine, state: "running") { fixture, id in
            await fixture.engine(Self.definition).runDue()
            let record = try await fixture.record(of: id)
            #expect(record.state == .done && record.behalf == .system)
            #expect(record.steps.map(\.forward?.attempts) == [1, 3, 1])
            #expect(record.steps[0].forward?.began == nil)
            #expect(try await fixture.ledger() == ["first": 1, "second": 1, "third": 1])
        }
    }

    @Test(arguments: Engine.available)
    func `one that is being undone is undone`(engine: Engine) async throws {
        try await withFormer(on: engine, state: "undoing", failure: "no") { fixture, id in
            await fixture.engine(Self.definition).runDue()
            let record = try await fixture.record(of: id)
            #expect(record.state == .undone && record.failure == "no")
            #expect(try await fixture.ledger() == ["first": 0])
        }
    }

    @Test(arguments: Engine.available)
    func `one that ended can be looked at`(engine: Engine) async throws {
        try await withFormer(on: engine, state: "done") { fixture, id in
            let record = try await fixture.record(of: id)
            #expect(record.state == .done && record.steps.map(\.name) == ["first"])
        }
    }

    /// Released, so never edited: this is its checksum in databases.
    @Test func `the first migration is the released one`() {
        #expect(WorkflowMigrations.all[0].checksum == FormerJournalTests.checksum)
    }

    static let checksum: Int64 = -5_126_156_814_242_236_148

    /// A replica of that release may hold the workflow: it reads the first signal of a name from its own table, and nothing else.
    @Test(arguments: Engine.available)
    func `a replica of the release before hears the first signal of a name`(engine: Engine) async throws {
        try await engine.withStore(WorkflowMigrations.all) { store in
            let fixture = try await WorkflowFixture(over: store)
            let id = try await fixture.start(Self.kind)
            for text in ["first", "second"] { try await fixture.signal(Self.go, text, to: .workflow(id)) }
            let heard = try await store.read { transaction in
                try transaction.all("SELECT name, payload FROM workflow_signals WHERE workflow = \(id)") { row in
                    [try row[0] as String, try row[1] as String]
                }
            }
            #expect(heard == [["go", "first"]])
        }
    }
}
