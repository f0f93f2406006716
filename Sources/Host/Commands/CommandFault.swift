/// Why a program did not end by itself.
public enum CommandFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The program is not installed.
    case missing(String)
    /// The program may not be run, or the system could not start it; with the system's error number.
    case notStarted(String, Int32)
    case timedOut(String, Duration)
    /// The caller was cancelled.
    case cancelled(String)
    case tooMuchOutput(String)
    case killed(String, signal: Int32)
    /// A program that is kept running ended, or broke the rules of its protocol.
    case ended(String)
    /// The program failed recently; there is a pause before it is started again.
    case resting(String)

    public var description: String {
        switch self {
        case .missing(let name): "the program '\(name)' is not installed"
        case .notStarted(let name, let number): "the program '\(name)' could not be started (error \(number))"
        case .timedOut(let name, let limit): "'\(name)' did not end within \(limit.components.seconds) s and was killed"
        case .cancelled(let name): "'\(name)' was cancelled"
        case .tooMuchOutput(let name): "'\(name)' wrote more than expected and was killed"
        case .ended(let name): "'\(name)' ended in the middle of a request"
        case .resting(let name): "'\(name)' failed and is started again after a rest"
        case .killed(let name, let signal): "'\(name)' was killed by signal \(signal)"
        }
    }
}
