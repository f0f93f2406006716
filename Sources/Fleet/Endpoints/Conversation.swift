import FoundationEssentials
import Link
import Model
import Synchronization

/// Both directions of one agent's stream: down go desired states and an answer to each heartbeat, in their order; up come the
/// heartbeats. So an idle host has one connection.
///
/// The connection's own task waits for lines; one more reads what comes up. That one ends before `next` returns nil, for the
/// connection is read by its own task from then on.
final class Conversation: Sendable {
    private struct State {
        /// The newest desired state that was not taken yet.
        var newest: DesiredState?
        var notes: [StreamNote] = []
        var isOver = false
        var saidGoodbye = false
        var reader: Task<Void, Never>?
    }

    private enum Step {
        case line([UInt8])
        case wait
        case end
    }

    /// Answers that an agent may leave unread.
    private static let mostUnread = 64
    /// How long an agent has to end its side after it was told that the stream is over.
    private let patience: Duration
    private let time: TimeSource
    private let state = Mutex(State())
    private let bell = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(patience: Duration = .seconds(2), time: TimeSource) {
        self.patience = patience
        self.time = time
    }

    /// What the hub sends goes to the agent.
    var sink: LineSink {
        LineSink(
            send: { [weak self] line in
                guard let self else { return }
                state.withLock { $0.newest = line }
                bell.continuation.yield()
            },
            finish: { [weak self] in self?.finish() })
    }

    /// Reads heartbeats until the agent ends its side or leaves, and calls `left` then.
    ///
    /// - Parameter take: what became of a heartbeat
    func read<Beats: AsyncSequence & Sendable>(
        _ beats: Beats, take: @escaping @Sendable (Beats.Element) async -> StreamNote,
        left: @escaping @Sendable () -> Void
    ) where Beats.Element: Sendable {
        let reader = Task {
            do {
                for try await beat in beats {
                    guard answer(await take(beat)) else { break }
                }
            } catch {
                // Who has left, or sends what is no line, has ended the stream.
            }
            left()
            finish()
        }
        state.withLock { $0.reader = reader }
    }

    /// False where the agent takes no answers.
    private func answer(_ note: StreamNote) -> Bool {
        let isTaken = state.withLock { state in
            state.notes.append(note)
            return state.notes.count <= Self.mostUnread
        }
        bell.continuation.yield()
        return isTaken
    }

    private func finish() {
        state.withLock { $0.isOver = true }
        bell.continuation.yield()
    }

    /// The next line with its end; nil when nothing follows and nothing is read any more.
    func next() async throws -> [UInt8]? {
        while true {
            switch try step() {
            case .line(let line): return line
            case .end:
                await endReading()
                return nil
            case .wait:
                var rings = bell.stream.makeAsyncIterator()
                // Nil where the connection's task was cancelled.
                if await rings.next(isolation: #isolation) == nil {
                    state.withLock { $0.reader }?.cancel()
                    await endReading()
                    return nil
                }
            }
        }
    }

    private func step() throws -> Step {
        let (note, line, isOver) = state.withLock { state -> (StreamNote?, DesiredState?, Bool) in
            if !state.notes.isEmpty { return (state.notes.removeFirst(), nil, false) }
            if let newest = state.newest {
                state.newest = nil
                return (nil, newest, false)
            }
            guard state.isOver, !state.saidGoodbye else { return (nil, nil, state.isOver) }
            state.saidGoodbye = true
            return (.over, nil, false)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        if let note { return .line([UInt8](try encoder.encode(note)) + [UInt8(ascii: "\n")]) }
        if let line { return .line([UInt8](try encoder.encode(line)) + [UInt8(ascii: "\n")]) }
        return isOver ? .end : .wait
    }

    /// Returns when the reader has ended: the agent ended its side, or time is up.
    private func endReading() async {
        guard let reader = state.withLock({ $0.reader }) else { return }
        let limit = Task { [time, patience] in
            try? await time.sleep(for: patience)
            reader.cancel()
        }
        await withTaskCancellationHandler {
            await reader.value
        } onCancel: {
            reader.cancel()
        }
        limit.cancel()
    }
}
