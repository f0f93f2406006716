import Foundation
import Synchronization

/// Holds a thread until it is opened, and says when one has come.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let hasArrived = Atomic(false)

    func wait() {
        hasArrived.store(true, ordering: .releasing)
        semaphore.wait()
    }

    func arrival() async {
        while !hasArrived.load(ordering: .acquiring) { await Task.yield() }
    }

    func open() { semaphore.signal() }
}

/// Counts from any thread.
final class Tally: Sendable {
    private let value = Atomic(0)

    func add() { value.add(1, ordering: .relaxed) }

    var count: Int { value.load(ordering: .relaxed) }
}
