import Dispatch
import Foundation
import Synchronization

/// Threads that take work from one queue, each at a station of its own, such as a connection. Nothing here runs on the
/// cooperative pool.
package final class Lane<Station>: Sendable {
    package typealias Work = @Sendable (Station) -> Void

    private struct State {
        var waiting: [Work] = []
        /// Where `waiting` begins; what lies before is done.
        var head = 0
        var isClosed = false
        var threads: Int
        var closing: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let available = DispatchSemaphore(value: 0)

    /// Each thread makes its station when it begins and ends it when the lane is closed.
    package init(
        _ name: String, threads: Int, station: @escaping @Sendable (Lane) -> Station,
        end: @escaping @Sendable (Station) -> Void
    ) {
        state = Mutex(State(threads: threads))
        for number in 1...threads {
            let thread = Thread { self.serve(station(self), end) }
            thread.name = "\(name)-\(number)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// False when the lane is closed; then `work` never runs.
    package func add(_ work: @escaping Work) -> Bool {
        let isAccepted = state.withLock { state in
            if state.isClosed { return false }
            state.waiting.append(work)
            return true
        }
        if isAccepted { available.signal() }
        return isAccepted
    }

    /// Takes nothing more, finishes what was taken, and ends the threads with their connections.
    package func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let (threads, isDone) = state.withLock { state in
                state.isClosed = true
                if state.threads > 0 { state.closing.append(continuation) }
                return (state.threads, state.threads == 0)
            }
            if isDone { continuation.resume() }
            for _ in 0..<threads { available.signal() }
        }
    }

    private func serve(_ station: Station, _ end: @Sendable (Station) -> Void) {
        while let work = next() { work(station) }
        end(station)
        let closing = state.withLock { state in
            state.threads -= 1
            defer { if state.threads == 0 { state.closing = [] } }
            return state.threads == 0 ? state.closing : []
        }
        for continuation in closing { continuation.resume() }
    }

    /// Nil when the lane is closed and empty.
    private func next() -> Work? {
        while true {
            available.wait()
            let (work, isOver) = state.withLock { state -> (Work?, Bool) in
                guard state.head < state.waiting.count else { return (nil, state.isClosed) }
                let work = state.waiting[state.head]
                state.head += 1
                if state.head == state.waiting.count || state.head > 1024 {
                    state.waiting.removeFirst(state.head)
                    state.head = 0
                }
                return (work, false)
            }
            if let work { return work }
            if isOver { return nil }
        }
    }
}
