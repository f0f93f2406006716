import Model
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A program that is kept running and answers each line with a line, one at a time. It is started when it is first asked, killed when
/// it breaks the rules, and started again after a rest that grows with its failures.
///
/// Asking waits; call it on a thread that may.
public final class LineProcess: Sendable {
    private struct State {
        var process: pid_t = 0
        /// This process's end of a socket pair; the program has the other end as its input and output.
        var socket: Int32 = -1
        /// Received bytes after the last complete line.
        var rest: [UInt8] = []
        var failures = 0
        var restsUntil: ContinuousClock.Instant?
        /// Whether the program has answered the greeting, which each new process receives first.
        var isGreeted = false
    }

    /// The pause after consecutive failures.
    private static let rest = ExponentialDelay(first: .milliseconds(500), longest: .seconds(60))

    public let program: String
    private let arguments: [String]
    private let greeting: [UInt8]?
    private let limit: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - program: a path
    ///   - greeting: the first line to each new process; its response is dropped unless `accepts` refuses it
    ///   - now: the clock that decides when a pause is over
    public init(
        _ program: String, _ arguments: [String] = [], greeting: [UInt8]? = nil, lineLimit: Int = 1 << 20,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        accepts: @escaping @Sendable ([UInt8]) -> Bool = { _ in true }
    ) {
        self.now = now
        self.program = program
        self.arguments = arguments
        self.greeting = greeting
        self.accepts = accepts
        limit = lineLimit
    }

    private let accepts: @Sendable ([UInt8]) -> Bool
    private let now: @Sendable () -> ContinuousClock.Instant

    deinit {
        state.withLock { Self.end(&$0) }
    }

    /// Sends a line and returns the response, both without the line end.
    public func exchange(_ line: [UInt8], timeout: Duration) throws(CommandFault) -> [UInt8] {
        let outcome: Result<[UInt8], CommandFault> = state.withLock { state in
            do throws(CommandFault) {
                let deadline = ContinuousClock.now + timeout
                if state.socket < 0 { try start(&state) }
                if !state.isGreeted, let greeting {
                    let answer = try converse(&state, greeting, deadline, timeout)
                    guard accepts(answer) else { throw .ended(program) }
                }
                state.isGreeted = true
                let answer = try converse(&state, line, deadline, timeout)
                state.failures = 0
                return .success(answer)
            } catch {
                if case .resting = error { return .failure(error) }
                Self.end(&state)
                state.failures += 1
                state.restsUntil = now() + Self.rest.doubled(state.failures)
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Ends the program. The next line starts it again.
    public func stop() { state.withLock { Self.end(&$0) } }

    /// Safe: `ends` has room for the two descriptors, and the calls keep no pointer.
    private func start(_ state: inout State) throws(CommandFault) {
        if let until = state.restsUntil, now() < until { throw .resting(program) }
        guard unsafe access(program, X_OK) == 0 else { throw .missing(program) }
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = Int32(SOCK_STREAM)
        #endif
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .notStarted(program, errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let refusal = Spawn.start(
            program, [program] + arguments, input: ends[1], output: ends[1], errors: nil, &state.process)
        close(ends[1])
        guard refusal == 0 else {
            close(ends[0])
            throw .notStarted(program, refusal)
        }
        state.socket = ends[0]
        state.rest = []
        state.isGreeted = false
    }

    /// Safe: `waitpid` writes to a variable of this function.
    private static func end(_ state: inout State) {
        guard state.socket >= 0 else { return }
        close(state.socket)
        state.socket = -1
        kill(-state.process, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(state.process, &status, 0) < 0 && errno == EINTR {}
    }

    /// Safe: the system gets each buffer with its true size, and keeps no pointer to it.
    private func converse(
        _ state: inout State, _ line: [UInt8], _ deadline: ContinuousClock.Instant, _ timeout: Duration
    ) throws(CommandFault) -> [UInt8] {
        var left = (line + [10])[...]
        while !left.isEmpty {
            try wait(state.socket, Int16(POLLOUT), deadline, timeout)
            let sent = unsafe left.withUnsafeBytes { bytes in
                // Without a signal when the program is gone.
                unsafe send(
                    state.socket, bytes.baseAddress, bytes.count,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if sent < 0 && (errno == EAGAIN || errno == EINTR) { continue }
            guard sent > 0 else { throw .ended(program) }
            left = left.dropFirst(sent)
        }
        while true {
            if let end = state.rest.firstIndex(of: 10) {
                let answer = Array(state.rest[..<end])
                state.rest.removeSubrange(...end)
                return answer
            }
            guard state.rest.count <= limit else { throw .tooMuchOutput(program) }
            try wait(state.socket, Int16(POLLIN), deadline, timeout)
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
                count = max(0, unsafe recv(state.socket, buffer.baseAddress, 65536, Int32(MSG_DONTWAIT)))
            }
            guard !piece.isEmpty else { throw .ended(program) }
            state.rest += piece
        }
    }

    /// Safe: the system is told the true number of entries of `waits`.
    private func wait(
        _ descriptor: Int32, _ events: Int16, _ deadline: ContinuousClock.Instant, _ timeout: Duration
    ) throws(CommandFault) {
        while true {
            let left = deadline - ContinuousClock.now
            guard left > .zero else { throw .timedOut(program, timeout) }
            var waits = [pollfd(fd: descriptor, events: events, revents: 0)]
            let milliseconds = Int32(
                min(1000, left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1))
            if unsafe poll(&waits, 1, milliseconds) > 0 { return }
        }
    }
}
