import Model
import Store
import TestStore
import Testing

@testable import Workflows

@Suite(.everyEngine) struct WorkflowSignalTests {
    static let kind = WorkflowType<String>("test.hearing", lock: LockClass("test"))
    static let free = WorkflowType<String>("test.free")
    static let port = WorkflowSignal<Int>("port")
    static let lock = LockClass("test")

    /// Books each of three signals as it takes them.
    static func hearing(_ kind: WorkflowType<String>, taking count: Int = 3) -> WorkflowDefinition {
        WorkflowDefinition(
            kind, in: WorkflowFixture.slots,
            steps: (0..<count).map { place in
                .transaction("hear \(place)") { context, transaction in
                    guard let number = try context.take(port, in: transaction) else { return .wait(until: nil) }
                    try WorkflowFixture.book("\(place): \(number)", 1, transaction)
                    return .done
                }
            })
    }

    @Test func `signals of one name are delivered once and in order`() async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(Self.hearing(Self.free))
        let id = try await fixture.start(Self.free)
        await engine.runDue()
        for number in [5, 6, 6] { try await fixture.signal(Self.port, number, to: .workflow(id)) }
        await engine.runDue()
        #expect(try await fixture.ledger() == ["0: 5": 1, "1: 6": 1, "2: 6": 1])
        #expect(try await fixture.state(of: id) == .done)
    }

    @Test func `order stays when the first is taken before the last comes`() async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(Self.hearing(Self.free, taking: 4))
        let id = try await fixture.start(Self.free)
        for number in [1, 2, 3] { try await fixture.signal(Self.port, number, to: .workflow(id)) }
        // One step of the four, by a process that dies after it.
        try await fixture.store.write { [now = fixture.clock.now] transaction in
            let book = LeaseBook(owner: "first", length: .seconds(9))
            var entry = try #require(
                try book.take([.init(definitions: ["test.free"], limit: 1)], at: now, in: transaction).first)
            #expect(try SignalBook.take("port", of: entry, in: transaction) == "1")
            _ = entry.progress.apply(.stepDone, .init(steps: 4))
            let ending = StepEnding(step: "hear 0", position: 0, state: .done, attempts: 1)
            try book.move(entry, after: ending, to: "hear 1", at: now, in: transaction)
        }
        try await fixture.signal(Self.port, 4, to: .workflow(id))
        fixture.clock.advance(.seconds(11))
        await engine.runDue()
        #expect(try await fixture.ledger() == ["1: 2": 1, "2: 3": 1, "3: 4": 1])
    }

    @Test func `an early signal waits for its workflow`() async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(Self.hearing(Self.kind))
        let id: WorkflowID = IDSource.random.next()
        try await fixture.signal(Self.port, 1, to: .workflow(id))
        try await fixture.signal(Self.port, 2, to: .subject("server-1", Self.lock))
        try await fixture.signal(Self.port, 9, to: .subject("server-2", Self.lock))
        try await fixture.start(Self.kind, subject: "server-1", id: id)
        await engine.runDue()
        #expect(try await fixture.ledger() == ["0: 1": 1, "1: 2": 1])
        try await fixture.signal(Self.port, 3, to: .subject("server-1", Self.lock))
        await engine.runDue()
        #expect(try await fixture.state(of: id) == .done)
        #expect(try await fixture.inbox() == 1)
    }

    @Test func `what nobody took goes when the subject's workflow has ended`() async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(Self.hearing(Self.kind, taking: 1))
        for number in [1, 2] { try await fixture.signal(Self.port, number, to: .subject("server-1", Self.lock)) }
        let id = try await fixture.start(Self.kind, subject: "server-1")
        await engine.runDue()
        #expect(try await fixture.state(of: id) == .done)
        #expect(try await fixture.inbox() == 0)
        let next = try await fixture.start(Self.kind, subject: "server-1")
        await engine.runDue()
        #expect(try await fixture.state(of: next) == .running)
    }

    @Test func `a signal that waits in vain goes after its time, one of an open workflow stays`() async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(Self.hearing(Self.kind))
        try await fixture.start(Self.kind, subject: "server-1")
        await engine.runDue()
        let other = WorkflowSignal<NoOutput>("other")
        try await fixture.signal(other, NoOutput(), to: .subject("server-1", Self.lock))
        try await fixture.signal(Self.port, 1, to: .subject("server-2", Self.lock))
        try await fixture.signal(Self.port, 1, to: .workflow(IDSource.random.next()))
        let book = LeaseBook(owner: "a", length: .seconds(9))
        for (moment, left) in [(fixture.clock.now, 3), (fixture.clock.now + .seconds(1), 1)] {
            try await fixture.store.write { transaction in
                try book.prune(
                    endedBefore: Timestamp(microseconds: 0), signalsBefore: moment, in: transaction)
            }
            #expect(try await fixture.inbox() == left)
        }
    }

    @Test func `a step that fails takes nothing, so that undoing can`() async throws {
        let fixture = try await WorkflowFixture()
        let refusal = WorkflowSignal<String>("refused")
        let definition = WorkflowDefinition(
            Self.free, in: WorkflowFixture.slots,
            steps: [
                .transaction(
                    "hear",
                    act: { context, transaction in
                        guard let reason = try context.take(refusal, in: transaction) else { return .wait(until: nil) }
                        return .failed(reason)
                    },
                    undo: { context, transaction in
                        let reason = try context.take(refusal, in: transaction)
                        try WorkflowFixture.book(reason ?? "nothing", 1, transaction)
                        return .done
                    })
            ])
        let id = try await fixture.start(Self.free)
        try await fixture.signal(refusal, "no room", to: .workflow(id))
        await fixture.engine(definition).runDue()
        #expect(try await fixture.ledger() == ["no room": 1])
        #expect(try await fixture.record(of: id).failure == "no room")
    }
}
