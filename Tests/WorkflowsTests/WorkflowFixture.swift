import Foundation
import Logging
import Model
import Store
import StoreSQLite
import Synchronization
import Testing

@testable import Workflows

/// A store with a journal and a table that steps write to, a clock that the test turns, and an outside world that
/// remembers effects by key.
final class WorkflowFixture: Sendable {
    let store: SQLiteStore
    let clock = Clock()
    let world = World()
    private let folder: URL

    final class Clock: Sendable {
        private let now = Mutex(Timestamp(microseconds: 1_795_219_649_000_000))
        var source: TimeSource { TimeSource { [self] in now.withLock { $0 } } }
        func advance(_ duration: Duration) { now.withLock { $0 = $0 + duration } }
    }

    /// Effects by key: doing one twice is the same as once, as idempotence asks.
    final class World: Sendable {
        private let state = Mutex<Set<String>>([])
        func set(_ key: String, _ isThere: Bool) {
            state.withLock { state in
                if isThere { state.insert(key) } else { state.remove(key) }
            }
        }
        var keys: Set<String> { state.withLock { $0 } }
    }

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try SQLiteStore(path: folder.appending(path: "state.db").path)
        let ledger = Migration(
            room: "test", number: 1, title: "a ledger",
            statements: ["CREATE TABLE ledger (entry TEXT NOT NULL, amount BIGINT NOT NULL)"])
        try await Migrator(WorkflowMigrations.all + [ledger]).run(on: store)
    }

    func close() async {
        await store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    func engine(_ definition: WorkflowDefinition, on other: (any StateStore)? = nil, owner: String) -> WorkflowEngine {
        WorkflowEngine(
            store: other ?? store, definitions: [definition], owner: owner, time: clock.source,
            pace: .init(lease: .seconds(10), retry: .seconds(1)),
            logger: Logger(label: "test") { _ in
                SwiftLogNoOpLogHandler()
            })
    }

    @discardableResult
    func start(_ definition: WorkflowDefinition, subject: String? = nil) async throws -> WorkflowID {
        let id: WorkflowID = IDSource.random.next()
        let now = clock.source.now()
        try await store.write { transaction in
            try WorkflowJournal.detached.start(
                definition, id: id, subject: subject, input: ["name": "x"], at: now, in: transaction)
        }
        return id
    }

    func signal(_ id: WorkflowID, _ name: String) async throws {
        let now = clock.source.now()
        try await store.write { transaction in
            try WorkflowJournal.detached.signal(id, name, payload: "yes", at: now, in: transaction)
        }
    }

    func state(of id: WorkflowID) async throws -> String? {
        try await store.read { transaction in
            try transaction.first("SELECT state FROM workflows WHERE id = \(id)") { row in try row[0] as String }
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

    static func book(_ entry: String, _ amount: Int, _ transaction: any Transaction) throws {
        try transaction.execute("INSERT INTO ledger (entry, amount) VALUES (\(entry), \(amount))")
    }

    /// Three transactions with two effects between them; `failing` makes the last one give up.
    func journey(failing: Bool) -> WorkflowDefinition {
        let world = world
        func entry(_ name: String, fails: Bool = false) -> WorkflowStep {
            .transaction(
                name,
                act: { context, transaction in
                    try Self.book(name, 1, transaction)
                    return fails ? .failed("it was told to") : .done
                },
                undo: { context, transaction in
                    // The step that failed left nothing; only what stands is taken back.
                    let stands = try transaction.first(
                        "SELECT COALESCE(SUM(amount), 0) FROM ledger WHERE entry = \(name)"
                    ) { row in try row[0] as Int }
                    if stands == 1 { try Self.book(name, -1, transaction) }
                    return .done
                })
        }
        func effect(_ name: String) -> WorkflowStep {
            .effect(
                name,
                act: { _ in
                    world.set(name, true)
                    return .done
                },
                undo: { _ in
                    world.set(name, false)
                    return .done
                })
        }
        return WorkflowDefinition(
            name: "test.journey",
            steps: [entry("a"), effect("b"), entry("c"), effect("d"), entry("e", fails: failing)])
    }
}
