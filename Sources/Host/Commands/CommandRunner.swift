import Synchronization

/// Runs programs of a host: vendors' tools, where no file of sysfs does it.
public protocol CommandRunner: Sendable {
    /// Runs one to its end. Cancellation kills it.
    func run(_ command: Command) async throws(CommandFault) -> CommandResult
}

/// Programs that are played: for recorded hosts, which have none, and for tests. Keeps what was asked of it.
public final class PlayedCommands: CommandRunner {
    /// The answer to a command; nil for a program that is not installed.
    public typealias Answer = @Sendable (Command) throws(CommandFault) -> CommandResult?

    private let answer: Answer
    private let log = Mutex<[Command]>([])

    public init(_ answer: @escaping Answer = { _ throws(CommandFault) in nil }) {
        self.answer = answer
    }

    /// What was run, in order.
    public var commands: [Command] { log.withLock { $0 } }

    public func run(_ command: Command) async throws(CommandFault) -> CommandResult {
        log.withLock { $0.append(command) }
        guard let result = try answer(command) else { throw .missing(command.program) }
        return result
    }
}
