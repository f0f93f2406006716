import Logging
import Model
import Store
import Synchronization
import TestStore
import Testing

@testable import Workflows

/// A store with a journal and a table that steps write to, a clock that the test turns, and an outside world that
/// remembers effects by key.
final class WorkflowFixture: Sendable {
    let store: any StateStore
    let clock = VirtualClock()
    let world = World()

    /// Effects by key: doing one twice is the same as once, as idempotence asks.
    final class World: Sendable {
        private let state = Mutex<Set<String>>([])
        func set(_ key: String, _ isThere: Bool) {
            state.withLock { state in
                if isThere { state.insert(key) } else { state.remove(key) }
            }
        }
        var keys: Set<String> { state.withLock { $0 } }
        func clear() { state.withLock { $0 = [] } }
    }

    static let ledger = Migration(
        room: "test", number: 1, title: "a ledger",
        statements: ["CREATE TABLE ledger (entry TEXT NOT NULL, amount BIGINT NOT NULL)"])

    init(over store: (any StateStore)? = nil) async throws {
        if let store {
            self.store = store
        } else {
            self.store = try await TestStore.open(WorkflowMigrations.all + [Self.ledger])
        }
    }

    static let slots = WorkflowSlots("test", count: 8)
    static let request = WorkflowBehalf(user: "ann", project: "blue", request: "req-1")

    func engine(
        _ definitions: WorkflowDefinition..., on other: (any StateStore)? = nil, owner: String = "a",
        time: TimeSource? = nil
    ) -> WorkflowEngine {
        let engine = WorkflowEngine(
            store: other ?? store, owner: owner, time: time ?? clock.source,
            pace: .init(lease: .seconds(9), retry: .seconds(1), signals: .seconds(3600)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for definition in definitions { engine.register(definition) }
        return engine
    }

    @discardableResult
    func start(_ kind: WorkflowType<String>, subject: String? = nil, id: WorkflowID? = nil) async throws -> WorkflowID {
        let id = id ?? IDSource.random.next()
        try await store.write { [now = clock.now] transaction in
            try WorkflowJournal.detached.start(
                kind, id: id, subject: subject, input: "x", on: Self.request, at: now, in: transaction)
        }
        return id
    }

    func signal<Payload>(
        _ signal: WorkflowSignal<Payload>, _ payload: Payload, to address: WorkflowAddress
    ) async throws {
        try await store.write { [now = clock.now] transaction in
            try WorkflowJournal.detached.signal(signal, payload, to: address, at: now, in: transaction)
        }
    }

    func cancel(_ id: WorkflowID, because reason: String = "the user thought better of it") async throws -> Cancellation
    {
        try await store.write { [now = clock.now] transaction in
            try WorkflowJournal.detached.cancel(id, because: reason, at: now, in: transaction)
        }
    }

    func record(of id: WorkflowID) async throws -> WorkflowRecord {
        try #require(try await store.read { try WorkflowJournal.detached.record(of: id, in: $0) })
    }

    func state(of id: WorkflowID) async throws -> WorkflowRecord.State { try await record(of: id).state }

    /// Signals that wait, whosever.
    func inbox() async throws -> Int {
        try await store.read { transaction in
            try transaction.first("SELECT COUNT(*) FROM workflow_inbox") { row in try row[0] as Int } ?? 0
        }
    }

    /// Sums by entry; nothing twice means every sum is 0 or 1.
    func ledger() async throws -> [String: Int] {
        let rows = try await store.read { transaction in
            try transaction.all("SELECT entry, amount FROM ledger") { row in
                let entry: String = try row[0]
                let amount: Int = try row[1]
                return (entry, amount)
            }
        }
        return Dictionary(rows) { $0 + $1 }
    }

    func clear() async throws {
        world.clear()
        try await store.write { transaction in _ = try transaction.execute("DELETE FROM ledger") }
    }

    static func book(_ entry: String, _ amount: Int, _ transaction: any Transaction) throws {
        try transaction.execute("INSERT INTO ledger (entry, amount) VALUES (\(entry), \(amount))")
    }
}

extension WorkflowStep where Input == String {
    /// Books its name; what undoes it takes that back, where it stands.
    static func booking(
        _ name: String, deadline: Duration? = nil, isPivot: Bool = false,
        _ verdict: @escaping @Sendable (StepContext<String>, any Transaction) throws -> StepVerdict<NoOutput> = {
            _, _ in
            .done
        }
    ) -> WorkflowStep {
        .transaction(
            name, deadline: deadline, isPivot: isPivot,
            act: { context, transaction in
                let end = try verdict(context, transaction)
                if case .wait = end { return end }
                try WorkflowFixture.book(name, 1, transaction)
                return end
            },
            undo: { _, transaction in
                // The step that failed left nothing; only what stands is taken back.
                let stands = try transaction.first(
                    "SELECT COALESCE(SUM(amount), 0) FROM ledger WHERE entry = \(name)"
                ) { row in try row[0] as Int }
                if stands == 1 { try WorkflowFixture.book(name, -1, transaction) }
                return .done
            })
    }
}
