public import Model

/// What the journal says of one workflow: where it stands and what its steps did, for whoever waits for it.
public struct WorkflowRecord: Sendable, Equatable {
    public enum State: String, Sendable {
        case running
        case undoing
        case done
        case undone
    }

    public let id: WorkflowID
    public let kind: String
    public let subject: String?
    public let state: State
    /// Why it turned back.
    public let failure: String?
    public let behalf: WorkflowBehalf
    public let created: Timestamp
    /// Those that had their turn, in order; the last one, or the one that is being undone, may be under way.
    public let steps: [Step]

    public struct Step: Sendable, Equatable {
        public let name: String
        package internal(set) var forward: Try?
        public internal(set) var undo: Try?
    }

    /// A step's way forward, or back.
    public struct Try: Sendable, Equatable {
        /// Nil in journals of earlier releases.
        public let began: Timestamp?
        /// Nil while it is under way.
        public let ended: Timestamp?
        /// How often it was tried; what is under way counts once it was tried without an end.
        public let attempts: Int
        /// Why it failed, or what the last trouble was.
        public let reason: String?
    }
}
