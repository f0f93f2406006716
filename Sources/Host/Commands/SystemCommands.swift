import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Runs programs of this machine: found in fixed folders, with an environment of their own, in a process group that is killed as
/// a whole, on threads that nobody else waits for.
public struct SystemCommands: CommandRunner {
    private static let queue = DispatchQueue(label: "kilonova.commands", attributes: .concurrent)
    private let folders: [String]

    /// - Parameter folders: where programs are searched, in order
    public init(folders: [String] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"]) {
        self.folders = folders
    }

    public func run(_ command: Command) async throws(CommandFault) -> CommandResult {
        guard let path = path(of: command.program) else { throw .missing(command.program) }
        let stop = StopSign()
        let result: Result<CommandResult, CommandFault> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                Self.queue.async {
                    continuation.resume(returning: Self.runNow(path, command, stop))
                }
            }
        } onCancel: {
            stop.set()
        }
        return try result.get()
    }

    /// Safe: the path lives as long as the call.
    private func path(of program: String) -> String? {
        let places = program.contains("/") ? [program] : folders.map { "\($0)/\(program)" }
        return places.first { unsafe access($0, X_OK) == 0 }
    }

    /// Safe: `waitpid` writes to a variable of this function.
    private static func runNow(_ path: String, _ command: Command, _ stop: StopSign) -> Result<
        CommandResult, CommandFault
    > {
        let clock = ContinuousClock()
        let deadline = clock.now + command.timeout
        let output: Pipe
        let errors: Pipe
        let process: pid_t
        switch starting.withLock({ _ in start(path, command) }) {
        case .success(let started): (output, errors, process) = (started.output, started.errors, started.process)
        case .failure(let fault): return .failure(fault)
        }
        var said = (output: [UInt8](), errors: [UInt8]())
        var open = (output: true, errors: true)
        var fault: CommandFault?
        var status: Int32 = 0
        while fault == nil {
            if open.output { open.output = output.take(into: &said.output) }
            if open.errors { open.errors = errors.take(into: &said.errors) }
            if said.output.count > command.outputLimit || said.errors.count > command.outputLimit {
                fault = .tooMuchOutput(command.program)
            } else if stop.isSet {
                fault = .cancelled(command.program)
            } else if clock.now >= deadline {
                fault = .timedOut(command.program, command.timeout)
            } else if !open.output && !open.errors {
                // It may go on after it closed its output.
                let ended = unsafe waitpid(process, &status, WNOHANG)
                if ended == process || (ended < 0 && errno != EINTR) { break }
                usleep(2000)
            } else {
                wait(open.output ? output.reading : -1, open.errors ? errors.reading : -1)
            }
        }
        if let fault {
            kill(-process, SIGKILL)
            kill(process, SIGKILL)
            while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
            return .failure(fault)
        }
        // What it left behind in its group has lost its purpose.
        kill(-process, SIGKILL)
        let signal = status & 0x7f
        if signal != 0 { return .failure(.killed(command.program, signal: signal)) }
        return .success(CommandResult(status: (status >> 8) & 0xff, output: said.output, errors: said.errors))
    }

    /// Only one program is started at a time: otherwise a program started between the creation of a pipe and its
    /// close-on-exec flag would keep the pipe open.
    private static let starting = Mutex(())

    private static func start(
        _ path: String, _ command: Command
    ) -> Result<(output: Pipe, errors: Pipe, process: pid_t), CommandFault> {
        guard let output = Pipe(), let errors = Pipe() else { return .failure(.notStarted(command.program, errno)) }
        var process: pid_t = 0
        let refusal = Spawn.start(
            path, [command.program] + command.arguments, input: nil, output: output.writing, errors: errors.writing,
            &process)
        guard refusal == 0 else { return .failure(.notStarted(command.program, refusal)) }
        output.closeWriting()
        errors.closeWriting()
        return .success((output, errors, process))
    }

    /// Waits until one of the two descriptors can be read, at most a twentieth of a second. Deadline and cancellation
    /// are checked in between.
    ///
    /// Safe: the system is told the true number of entries of `waits`.
    private static func wait(_ first: Int32, _ second: Int32) {
        var waits = [
            pollfd(fd: first, events: Int16(POLLIN), revents: 0), pollfd(fd: second, events: Int16(POLLIN), revents: 0),
        ]
        _ = unsafe poll(&waits, 2, 50)
    }
}

/// Set once by a cancelled task, and read by the thread that runs its program.
private final class StopSign: Sendable {
    private let flag = Atomic(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
}

/// One pipe from a program to us. Used by one thread.
///
/// Safe: each call gets a buffer with its true size, and nothing keeps a pointer after the call.
private final class Pipe {
    let reading: Int32
    private(set) var writing: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        (reading, writing) = (ends[0], ends[1])
        _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
        _ = fcntl(writing, F_SETFD, FD_CLOEXEC)
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    }

    deinit {
        closeWriting()
        Pipe.shut(reading)
    }

    func closeWriting() {
        if writing >= 0 { Pipe.shut(writing) }
        writing = -1
    }

    /// Appends the available bytes. Returns false at the end.
    func take(into bytes: inout [UInt8]) -> Bool {
        var failure: Int32 = 0
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
            let got = unsafe buffer.baseAddress.map { unsafe read(reading, $0, 65536) } ?? 0
            if got < 0 { failure = errno }
            count = max(0, got)
        }
        bytes += piece
        if failure == EAGAIN || failure == EINTR { return true }
        return failure == 0 && !piece.isEmpty
    }

    private static func shut(_ descriptor: Int32) {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
            _ = Musl.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }
}
