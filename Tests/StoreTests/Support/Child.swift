import Foundation

/// A running process whose output is read, and which inherits nothing else.
///
/// Foundation's own notices the end of a process by a descriptor that the process inherits, and so does every server that
/// the process leaves behind.
struct Child: Sendable {
    let number: pid_t
    private let output: Int32

    /// Safe: what is initialised or copied here is destroyed or freed at the end, and the list of words ends with a
    /// null.
    init(_ program: String, _ arguments: [String]) throws {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw CocoaError(.fileReadUnknown) }
        defer { close(ends[1]) }
        // Another child that is made meanwhile must not keep the pipe open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        // Thousands may be open where all tests run at once, and more by the time of the fork; what is not is passed over.
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
        for descriptor in 3..<(open.max() ?? 3) + 256 {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { while let word = unsafe words.popLast() { unsafe free(word) } }
        var number: pid_t = 0
        guard unsafe posix_spawn(&number, program, &actions, nil, &words, environ) == 0 else {
            close(ends[0])
            throw CocoaError(.executableLoad)
        }
        self.number = number
        output = ends[0]
    }

    /// The next piece of output; an empty one ends it.
    ///
    /// Safe: the system gets the buffer with its true size.
    func read() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe Foundation.read(output, &buffer, buffer.count)
        return count > 0 ? Array(buffer.prefix(count)) : []
    }

    /// All that it writes until it ends.
    func readAll() -> String {
        var all: [UInt8] = []
        while case let piece = read(), !piece.isEmpty { all += piece }
        return String(decoding: all, as: UTF8.self)
    }

    /// Waits for its end, once. Its exit status, or -1 when it was killed.
    ///
    /// Safe: `waitpid` writes to a variable of this function.
    func wait() -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(number, &status, 0) < 0, errno == EINTR {}
        close(output)
        return status & 0x7f == 0 ? (status >> 8) & 0xff : -1
    }
}
