import Dispatch
import Foundation
import Synchronization

/// Threads that take work from one queue, each at a station of its own, such as a connection. Nothing here runs on the
/// cooperative pool.
///
/// Of the idle threads, the one that worked last is woken first, because its memory, its connection and the server's
/// process for it are still in caches.
package final class Lane<Station>: Sendable {
    package typealias Work = @Sendable (Station) -> Void

    private struct State {
        var waiting: [Work] = []
        /// The start of `waiting`; earlier elements are done.
        var head = 0
        var isClosed = false
        var threads: Int
        var closing: [CheckedContinuation<Void, Never>] = []
        /// The semaphores of idle threads, the latest last.
        var idle: [DispatchSemaphore] = []
    }

    private let state: Mutex<State>

    /// Each thread creates its station when it starts, and ends it when the lane is closed.
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

    /// Returns false if the lane is closed; then `work` never runs.
    package func add(_ work: @escaping Work) -> Bool {
        let (isAccepted, thread) = state.withLock { state -> (Bool, DispatchSemaphore?) in
            if state.isClosed { return (false, nil) }
            state.waiting.append(work)
            return (true, state.idle.popLast())
        }
        thread?.signal()
        return isAccepted
    }

    /// Accepts no more work, finishes what was accepted, and ends the threads with their connections.
    package func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let (idle, isDone) = state.withLock { state in
                state.isClosed = true
                if state.threads > 0 { state.closing.append(continuation) }
                defer { state.idle = [] }
                return (state.idle, state.threads == 0)
            }
            if isDone { continuation.resume() }
            for thread in idle { thread.signal() }
        }
    }

    private func serve(_ station: Station, _ end: @Sendable (Station) -> Void) {
        let turn = DispatchSemaphore(value: 0)
        while let work = next(turn) { work(station) }
        end(station)
        let closing = state.withLock { state in
            state.threads -= 1
            defer { if state.threads == 0 { state.closing = [] } }
            return state.threads == 0 ? state.closing : []
        }
        for continuation in closing { continuation.resume() }
    }

    /// Nil if the lane is closed and empty.
    private func next(_ turn: DispatchSemaphore) -> Work? {
        while true {
            let (work, isOver) = state.withLock { state -> (Work?, Bool) in
                guard state.head < state.waiting.count else {
                    if !state.isClosed { state.idle.append(turn) }
                    return (nil, state.isClosed)
                }
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
            turn.wait()
        }
    }
}
