import Model
import Store
import TestStore
import Testing

@testable import Workflows

@Suite(.everyEngine) struct WorkflowLockTests {
    static let resize = WorkflowType<String>("test.resize", lock: LockClass("server"))
    static let stop = WorkflowType<String>("test.stop", lock: LockClass("server"))
    static let backup = WorkflowType<String>("test.backup", lock: LockClass("backup"))

    @Test func `one is open about a subject, and who comes second hears which`() async throws {
        let fixture = try await WorkflowFixture()
        let first = try await fixture.start(Self.resize, subject: "server-1")
        let fault = await #expect(throws: Fault.self) { try await fixture.start(Self.stop, subject: "server-1") }
        #expect(fault?.kind == .conflict)
        #expect(fault?.message.contains("test.resize") == true && fault?.message.contains("\(first)") == true)
        // Another subject, another lock class, or no lock at all.
        try await fixture.start(Self.stop, subject: "server-2")
        try await fixture.start(Self.backup, subject: "server-1")
        try await fixture.start(WorkflowType("test.note"), subject: "server-1")
    }

    @Test func `when it has ended the next one may begin`() async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(
            WorkflowDefinition(Self.resize, in: WorkflowFixture.slots, steps: [.booking("resized")]))
        try await fixture.start(Self.resize, subject: "server-1")
        await engine.runDue()
        let next = try await fixture.start(Self.resize, subject: "server-1")
        await engine.runDue()
        #expect(try await fixture.state(of: next) == .done)
    }

    @Test func `of many that begin at once one does`() async throws {
        let fixture = try await WorkflowFixture()
        let started = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { (try? await fixture.start(Self.stop, subject: "server-1")) != nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(started == 1)
    }

    @Test func `a kind with a lock needs a subject`() async throws {
        let fixture = try await WorkflowFixture()
        await #expect(throws: Fault.self) { try await fixture.start(Self.stop) }
    }
}
