public import Agent
import Synchronization
public import TestPlacement

/// The life of a process: it dies at the operation that is given, before or after that took effect, and then does nothing any
/// more, whatever its code still tries.
public final class Life: Sendable {
    public typealias Fate = MemoryPlacement.Fate

    private struct State {
        var operations = 0
        var end: (operation: Int, takesEffect: Bool)?
        var isDead = false
    }

    private let state: Mutex<State>

    public init(endsAt operation: Int? = nil, takesEffect: Bool = false) {
        state = Mutex(State(end: operation.map { ($0, takesEffect) }))
    }

    public var operations: Int { state.withLock { $0.operations } }
    public var isDead: Bool { state.withLock { $0.isDead } }

    public func step() -> Fate {
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
    public func begin(_ life: Life) { begin { life.step() } }
}

struct Death: Error {}

/// A disk that its process stops writing to when it dies.
public struct MortalDisk: StateDisk {
    private let disk: any StateDisk
    private let life: Life

    public init(disk: any StateDisk, life: Life) {
        self.disk = disk
        self.life = life
    }

    public func read(_ name: String) throws -> [UInt8]? { try disk.read(name) }

    public func replace(_ name: String, with bytes: [UInt8]) throws {
        try effect { try disk.replace(name, with: bytes) }
    }

    public func append(_ bytes: [UInt8], to name: String) throws {
        try effect { try disk.append(bytes, to: name) }
    }

    private func effect(_ body: () throws -> Void) throws {
        switch life.step() {
        case .lives: try body()
        case .diesAfter:
            try body()
            throw Death()
        case .diesBefore, .isDead: throw Death()
        }
    }
}
