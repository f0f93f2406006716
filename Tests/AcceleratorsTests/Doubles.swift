import Accelerators
import Clients
import Conventions
import Fleet
import FoundationEssentials
import Link
import Model
import Store
import Synchronization

/// Work for hosts in a table, as the link keeps it: there exactly when the transaction that wants it commits.
struct TableDispatch: WorkDispatch {
    static let migration = Migration(
        room: "test", number: 1, title: "work",
        statements: [
            "CREATE TABLE test_work (number IDENTITY, id TEXT NOT NULL UNIQUE, host TEXT NOT NULL, item TEXT NOT NULL)",
            "CREATE TABLE test_touches (number IDENTITY, host TEXT NOT NULL)",
        ])

    func enqueue(_ item: WorkItem, on host: HostName, at now: Timestamp, in transaction: any Transaction) throws {
        try transaction.execute("INSERT INTO test_work (id, host, item) VALUES (\(item.id), \(host), \(item.json))")
    }

    func withdraw(_ item: WorkItemID, at now: Timestamp, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM test_work WHERE id = \(item)")
    }

    func touch(_ host: HostName, at now: Timestamp, in transaction: any Transaction) throws {
        try transaction.execute("INSERT INTO test_touches (host) VALUES (\(host))")
    }

    static func items(of host: HostName, in transaction: any Transaction) throws -> [DeviceWork] {
        let texts = try transaction.all("SELECT item FROM test_work WHERE host = \(host) ORDER BY number") { row in
            try row[0] as String
        }
        return try texts.map { try DeviceWork(WorkItem(json: $0)) }
    }
}

/// A compute service that answers as told and remembers what it was told.
final class FakeCompute: ComputeEvents {
    private struct State {
        var received: [AcceleratorRequestBound] = []
        var answer: Result<Outcome, Fault> = .success(.accepted)
        /// Of single requests, in place of it.
        var exceptions: [AcceleratorRequestID: Outcome] = [:]
        var calls = 0
        var breaks: (call: Int, fault: Fault, stage: Stage?)?
    }

    private let state = Mutex(State())

    init(_ answer: Result<Outcome, Fault> = .success(.accepted)) {
        state.withLock { $0.answer = answer }
    }

    var received: [AcceleratorRequestBound] { state.withLock { $0.received } }
    /// The n-th call meets `fault`.
    func fail(at call: Int, _ fault: Fault, _ stage: Stage? = nil) {
        state.withLock { $0.breaks = (call, fault, stage) }
    }
    func except(_ request: String, _ outcome: Outcome?) {
        guard let id = AcceleratorRequestID(request) else { return }
        state.withLock { $0.exceptions[id] = outcome }
    }
    func answer(_ answer: Result<Outcome, Fault>) { state.withLock { $0.answer = answer } }

    func send(_ events: [AcceleratorRequestBound]) async throws(Fault) -> [AcceleratorRequestID: Outcome] {
        let answer: Result<Outcome, Fault> = state.withLock { state in
            state.calls += 1
            if let breaks = state.breaks, breaks.call == state.calls {
                breaks.stage?.cut()
                return Result<Outcome, Fault>.failure(breaks.fault)
            }
            state.received += events
            return state.answer
        }
        switch answer {
        case .success(let outcome):
            let exceptions = state.withLock { $0.exceptions }
            return Dictionary(events.map { ($0.request, exceptions[$0.request] ?? outcome) }) { first, _ in first }
        case .failure(let fault): throw fault
        }
    }
}

/// Limits by project, or an identity service that cannot be reached.
final class FakeLimits: ProjectLimits {
    private let answers: Mutex<[ProjectID: [ResourceLimit]]?>
    private let calls = Mutex<(count: Int, breaksAt: Int, stage: Stage?)>((0, 0, nil))

    init(_ answers: [ProjectID: [ResourceLimit]]? = [:]) {
        self.answers = Mutex(answers)
    }

    /// The n-th call finds nobody.
    func fail(at call: Int, _ stage: Stage? = nil) {
        calls.withLock { calls in
            calls.breaksAt = call
            calls.stage = stage
        }
    }
    func set(_ answers: [ProjectID: [ResourceLimit]]?) { self.answers.withLock { $0 = answers } }

    func limits(of project: ProjectID, on resources: [String]) async throws(Fault) -> [ResourceLimit] {
        let isCut = calls.withLock { calls in
            calls.count += 1
            if calls.count == calls.breaksAt { calls.stage?.cut() }
            return calls.count == calls.breaksAt
        }
        guard !isCut, let answers = answers.withLock({ $0 }) else {
            throw .unavailable("The identity service cannot be reached.")
        }
        return (answers[project] ?? []).filter { resources.contains($0.resource) }
    }
}
