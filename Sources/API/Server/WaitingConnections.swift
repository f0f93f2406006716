import NIOCore
import Synchronization

/// The open connections of a listener that wait for their client: for a request's first byte, or for the rest of one.
///
/// When nearly as many are open as the listener takes, each new one closes the one that has waited longest. Clients that
/// hold connections without using them, on purpose or not, therefore cannot keep others out; a connection whose request is
/// being answered is never closed for another.
final class WaitingConnections: Sendable {
    private struct State {
        var count = 0
        var turn = 0
        /// When each waiting connection began to wait, as its turn.
        var turns: [ObjectIdentifier: Int] = [:]
        /// By turn, the longest wait first. Entries whose turn is no longer the one in `turns` are out of date.
        var line: [(turn: Int, channel: any Channel)] = []
        var head = 0
    }

    private let most: Int
    private let state = Mutex(State())

    /// - Parameter limit: connections that the listener takes at a time; a sixteenth of them is kept free.
    init(limit: Int) {
        most = limit - limit / 16
    }

    /// A connection is open, and waits. Closes another if too many are open now.
    func open(_ channel: any Channel) {
        let victim = state.withLock { state -> (any Channel)? in
            state.count += 1
            Self.wait(&state, channel)
            return state.count > most ? Self.longest(&state, except: channel) : nil
        }
        victim?.close(promise: nil)
    }

    /// The connection waits from now on, or has shown that its client goes on sending.
    func wait(_ channel: any Channel) {
        state.withLock { state in Self.wait(&state, channel) }
    }

    /// The connection's request is here, and is being answered.
    func work(_ channel: any Channel) {
        state.withLock { state in _ = state.turns.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    func close(_ channel: any Channel) {
        state.withLock { state in
            state.count -= 1
            state.turns.removeValue(forKey: ObjectIdentifier(channel))
        }
    }

    private static func wait(_ state: inout State, _ channel: any Channel) {
        state.turn += 1
        state.turns[ObjectIdentifier(channel)] = state.turn
        state.line.append((state.turn, channel))
        // Entries out of date keep their channels alive: they are dropped when they are the greater part.
        if state.line.count > 64, state.line.count > 2 * state.turns.count {
            state.line = state.line[state.head...].filter { state.turns[ObjectIdentifier($0.channel)] == $0.turn }
            state.head = 0
        }
    }

    /// Takes the connection that has waited longest out of the line.
    private static func longest(_ state: inout State, except newest: any Channel) -> (any Channel)? {
        while state.head < state.line.count {
            let (turn, channel) = state.line[state.head]
            guard state.turns[ObjectIdentifier(channel)] == turn else {
                state.head += 1
                continue
            }
            guard channel !== newest else { return nil }
            state.head += 1
            state.turns.removeValue(forKey: ObjectIdentifier(channel))
            return channel
        }
        return nil
    }
}
