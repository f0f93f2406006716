import Foundation
import Synchronization

/// Which hosts were heard since the last order.
final class Tally: Sendable {
    private struct State {
        var missing: Set<Int> = []
        var isOrdered = false
    }

    private let state = Mutex(State())
    private let all: Set<Int>

    init(_ count: Int) { all = Set(0..<count) }

    func begin() { state.withLock { $0 = State(missing: all, isOrdered: true) } }

    func count(_ number: Int) {
        let isLast = state.withLock { state in
            state.missing.remove(number)
            guard state.isOrdered, state.missing.isEmpty else { return false }
            state.isOrdered = false
            return true
        }
        if isLast { try? FileHandle.standardOutput.write(contentsOf: Data("all\n".utf8)) }
    }
}
