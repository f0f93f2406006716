import FoundationEssentials
import Model
import Synchronization
import Testing

@testable import Placement

/// What writers of a line noted.
private final class Notes: Sendable {
    let isBusy = Mutex(false)
    let turns = Mutex<[Int]>([])
    let refused = Mutex<Set<ConsumerID>>([])
    let waiting = Mutex(0)

    func begin(_ requests: Int) {
        isBusy.withLock { isBusy in
            #expect(!isBusy)
            isBusy = true
        }
        turns.withLock { $0.append(requests) }
    }

    func end() { isBusy.withLock { $0 = false } }
}

@Suite struct ClaimLineTests {
    private static func request() -> [ConsumerClaim] {
        [
            ConsumerClaim(
                consumer: ConsumerID(UUID()), allocations: [:], project: "p", user: "u", type: nil, generation: .absent)
        ]
    }

    @Test func aloneWritesAtOnce() async throws {
        let line = ClaimLine()
        let request = Self.request()
        for isWritten in [true, false, true] {
            let result = try await line.run(request) { requests in
                #expect(requests == [request])
                return [isWritten]
            }
            #expect(result == isWritten)
        }
    }

    @Test(.timeLimit(.minutes(30))) func everybodyHearsOfItsOwnAndNobodyWritesBesideAnother() async throws {
        let line = ClaimLine()
        let notes = Notes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<400 {
                group.addTask {
                    let request = Self.request()
                    if number.isMultiple(of: 3) { notes.refused.withLock { _ = $0.insert(request[0].consumer) } }
                    let isWritten = try await line.run(request) { requests in
                        notes.begin(requests.count)
                        for _ in 0..<3 { await Task.yield() }
                        notes.end()
                        return notes.refused.withLock { refused in
                            requests.map { !refused.contains($0[0].consumer) }
                        }
                    }
                    #expect(isWritten == !number.isMultiple(of: 3))
                }
            }
            try await group.waitForAll()
        }
        #expect(notes.turns.withLock { $0.reduce(0, +) } == 400)
        #expect(notes.turns.withLock { $0.max() ?? 0 } <= 128)
    }

    /// What goes wrong reaches all of the turn, but that one was given up concerns nobody else.
    @Test(.timeLimit(.minutes(30)), arguments: [false, true]) func troubleIsShared(isCancellation: Bool) async throws {
        struct Trouble: Error {}
        let line = ClaimLine()
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let notes = Notes()
        let (over, end) = AsyncStream.makeStream(of: Void.self)
        async let first = line.run(Self.request()) { _ in
            begin.finish()
            for await _ in over {}
            return [true]
        }
        for await _ in begun {}
        let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    notes.waiting.withLock { $0 += 1 }
                    do {
                        let isWritten = try await line.run(Self.request()) { requests in
                            if isCancellation { throw CancellationError() }
                            throw Trouble()
                        }
                        return isWritten ? "written" : "not written"
                    } catch {
                        return "\(type(of: error))"
                    }
                }
            }
            while notes.waiting.withLock({ $0 }) < 3 { await Task.yield() }
            for _ in 0..<20 { await Task.yield() }
            end.finish()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try await first)
        if isCancellation {
            #expect(outcomes.allSatisfy { ["CancellationError", "not written"].contains($0) })
            #expect(outcomes.contains("CancellationError"))
        } else {
            #expect(outcomes == ["Trouble", "Trouble", "Trouble"])
        }
        #expect(try await line.run(Self.request()) { $0.map { _ in true } })
    }
}
