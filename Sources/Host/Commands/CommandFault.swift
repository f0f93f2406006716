/// Why a program did not run to its own end.
public enum CommandFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// It is not installed.
    case missing(String)
    /// It may not be run, or the system could not start it; the number is the system's.
    case notStarted(String, Int32)
    case timedOut(String, Duration)
    /// Nobody waits for it any more.
    case cancelled(String)
    case tooMuchOutput(String)
    case killed(String, signal: Int32)
    /// One that is kept running ended, or broke the rules of its conversation.
    case ended(String)
    /// It failed a short while ago and is given a rest before it is started again.
    case resting(String)

    public var description: String {
        switch self {
        case .missing(let name): "the program '\(name)' is not installed"
        case .notStarted(let name, let number): "the program '\(name)' could not be started (error \(number))"
        case .timedOut(let name, let limit): "'\(name)' did not end within \(limit.components.seconds) s and was killed"
        case .cancelled(let name): "'\(name)' was broken off"
        case .tooMuchOutput(let name): "'\(name)' said more than expected and was killed"
        case .ended(let name): "'\(name)' ended in the middle of a conversation"
        case .resting(let name): "'\(name)' failed and is started again after a rest"
        case .killed(let name, let signal): "'\(name)' was killed by signal \(signal)"
        }
    }
}
