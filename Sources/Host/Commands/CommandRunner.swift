import Synchronization

/// Runs programs of a host: vendors' tools, for work that sysfs does not support.
public protocol CommandRunner: Sendable {
    /// Runs a command to its end. Cancellation kills it.
    func run(_ command: Command) async throws(CommandFault) -> CommandResult
}

/// Simulated programs, for recorded hosts and for tests. Records the commands.
public final class PlayedCommands: CommandRunner {
    /// Returns the result of a command; nil means that the program is not installed.
    public typealias Answer = @Sendable (Command) throws(CommandFault) -> CommandResult?

    private let answer: Answer
    private let log = Mutex<[Command]>([])

    public init(_ answer: @escaping Answer = { _ throws(CommandFault) in nil }) {
        self.answer = answer
    }

    /// The commands that were run, in order.
    public var commands: [Command] { log.withLock { $0 } }

    public func run(_ command: Command) async throws(CommandFault) -> CommandResult {
        log.withLock { $0.append(command) }
        guard let result = try answer(command) else { throw .missing(command.program) }
        return result
    }
}
