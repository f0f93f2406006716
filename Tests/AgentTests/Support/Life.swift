import Synchronization
import TestPlacement

@testable import Agent

/// The life of a process: it dies at the operation that is given, before or after that took effect, and then does nothing any
/// more, whatever its code still tries.
final class Life: Sendable {
    typealias Fate = MemoryPlacement.Fate

    private struct State {
        var operations = 0
        var end: (operation: Int, takesEffect: Bool)?
        var isDead = false
    }

    private let state: Mutex<State>

    init(endsAt operation: Int? = nil, takesEffect: Bool = false) {
        state = Mutex(State(end: operation.map { ($0, takesEffect) }))
    }

    var operations: Int { state.withLock { $0.operations } }
    var isDead: Bool { state.withLock { $0.isDead } }

    func step() -> Fate {
        state.withLock { state in
            if state.isDead { return .isDead }
            defer { state.operations += 1 }
            guard let end = state.end, end.operation == state.operations else { return .lives }
            state.isDead = true
            return end.takesEffect ? .diesAfter : .diesBefore
        }
    }
}

extension MemoryPlacement {
    /// From now on a process with this life calls.
    func begin(_ life: Life) { begin { life.step() } }
}

struct Death: Error {}

/// A disk that its process stops writing to when it dies.
struct MortalDisk: StateDisk {
    let disk: MemoryDisk
    let life: Life

    func read(_ name: String) throws -> [UInt8]? { disk.read(name) }

    func replace(_ name: String, with bytes: [UInt8]) throws { try effect { disk.replace(name, with: bytes) } }

    func append(_ bytes: [UInt8], to name: String) throws { try effect { disk.append(bytes, to: name) } }

    private func effect(_ body: () -> Void) throws {
        switch life.step() {
        case .lives: body()
        case .diesAfter:
            body()
            throw Death()
        case .diesBefore, .isDead: throw Death()
        }
    }
}
