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

    /// `folders` are where programs are looked for, in order.
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

    private func path(of program: String) -> String? {
        let places = program.contains("/") ? [program] : folders.map { "\($0)/\(program)" }
        return places.first { unsafe access($0, X_OK) == 0 }
    }

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

    /// One start at a time: a program that began between the making of a pipe and its mark would hold it open.
    private static let starting = Mutex(())

    private static func start(
        _ path: String, _ command: Command
    ) -> Result<(output: Pipe, errors: Pipe, process: pid_t), CommandFault> {
        guard let output = Pipe(), let errors = Pipe() else { return .failure(.notStarted(command.program, errno)) }
        var process: pid_t = 0
        let refusal = spawn(path, [command.program] + command.arguments, output.writing, errors.writing, &process)
        guard refusal == 0 else { return .failure(.notStarted(command.program, refusal)) }
        output.closeWriting()
        errors.closeWriting()
        return .success((output, errors, process))
    }

    /// Waits until one of the two has something to say, for at most a twentieth of a second: deadline and cancellation are
    /// looked at in between.
    private static func wait(_ first: Int32, _ second: Int32) {
        var waits = [
            pollfd(fd: first, events: Int16(POLLIN), revents: 0), pollfd(fd: second, events: Int16(POLLIN), revents: 0),
        ]
        _ = unsafe poll(&waits, 2, 50)
    }

    private static func spawn(
        _ path: String, _ words: [String], _ output: Int32, _ errors: Int32, _ process: inout pid_t
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        guard unsafe posix_spawn_file_actions_init(&actions) == 0, unsafe posix_spawnattr_init(&attributes) == 0
        else { return ENOMEM }
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
        // A group of its own, and signals as a program expects them.
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { word in unsafe strdup(word) } + [nil]
        // Messages in English, whatever the daemon's own language: some are read.
        let settings = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe settings.map { word in unsafe strdup(word) } + [nil]
        defer {
            for index in unsafe arguments.indices { unsafe free(arguments[index]) }
            for index in unsafe environment.indices { unsafe free(environment[index]) }
        }
        return unsafe posix_spawn(&process, path, &actions, &attributes, &arguments, &environment)
    }
}

/// Set once, by a task that is cancelled; looked at by the thread that runs its program.
private final class StopSign: Sendable {
    private let flag = Atomic(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
}

/// One pipe from a program to us. Used by one thread.
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

    /// Appends what is there. False at the end.
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
