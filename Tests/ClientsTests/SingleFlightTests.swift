import Clients
import Model
import Synchronization
import Testing

@Suite("Shared work")
struct SingleFlightTests {
    @Test("where the one who works is cancelled, one who waits takes over")
    func takeOver() async throws {
        // first                │ second
        // works, is held       │
        //                      │ waits
        // cancelled, fails     │
        //                      │ works, succeeds
        let flight = SingleFlight<String, Int>()
        let gate = Gate()
        @Sendable func work() async throws(Fault) -> Int {
            let run = gate.count()
            if run == 1 {
                await gate.pass()
                throw .unavailable("cancelled")
            }
            return run
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let first = Task { try await flight.run("k", work) }
            await gate.arrival()
            group.addTask {
                let second = try await flight.run("k", work)
                #expect(second == 2)
            }
            for _ in 0..<100 { await Task.yield() }
            first.cancel()
            gate.open()
            await #expect(throws: Fault.self) { try await first.value }
            try await group.waitForAll()
        }
        #expect(gate.count() == 3)
    }

    @Test("a failure is everybody's, and the next one tries anew")
    func failure() async throws {
        let flight = SingleFlight<Int, Int>()
        await #expect(throws: Fault.unavailable("no")) {
            try await flight.run(1) { () throws(Fault) in throw .unavailable("no") }
        }
        #expect(try await flight.run(1) { 5 } == 5)
    }
}

/// Holds one task until it is opened, and counts.
private final class Gate: Sendable {
    private struct State {
        var count = 0
        var held: CheckedContinuation<Void, Never>?
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func count() -> Int {
        state.withLock { state in
            state.count += 1
            return state.count
        }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let waiting = state.withLock { state in
                state.held = continuation
                defer { state.waiting = nil }
                return state.waiting
            }
            waiting?.resume()
        }
    }

    func arrival() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.held == nil { state.waiting = continuation }
                return state.held != nil
            }
            if isThere { continuation.resume() }
        }
    }

    func open() { state.withLock { $0.held }?.resume() }
}
