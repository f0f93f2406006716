import Host
import SystemPackage
import Testing

/// Real programs of the machine, and played ones.
@Suite struct CommandTests {
    private let system = SystemCommands()

    @Test func outputErrorsAndStatus() async throws {
        let result = try await system.run(Command("sh", ["-c", "echo out; echo 'went wrong' >&2; exit 3"]))
        #expect(result.status == 3 && result.text == "out\n" && result.complaint == "went wrong")
        #expect(try await system.run(Command("/bin/echo", ["a  b", "$HOME"])).text == "a  b $HOME\n")
    }

    @Test func noProgram() async {
        let fault = await #expect(throws: CommandFault.self) { try await system.run(Command("no-such-program")) }
        #expect(fault == .missing("no-such-program"))
    }

    @Test func tooLongTooMuchAndKilled() async {
        var fault = await #expect(throws: CommandFault.self) {
            try await system.run(Command("sh", ["-c", "sleep 600 & sleep 600"], timeout: .milliseconds(100)))
        }
        #expect(fault == .timedOut("sh", .milliseconds(100)))
        fault = await #expect(throws: CommandFault.self) {
            try await system.run(Command("sh", ["-c", "while :; do echo yes; done"], outputLimit: 10_000))
        }
        #expect(fault == .tooMuchOutput("sh"))
        fault = await #expect(throws: CommandFault.self) { try await system.run(Command("sh", ["-c", "kill -9 $$"])) }
        #expect(fault == .killed("sh", signal: 9))
    }

    /// Output closed is not yet the end.
    @Test func aProgramThatClosesItsOutput() async throws {
        let result = try await system.run(Command("sh", ["-c", "exec >&- 2>&-; exit 5"]))
        #expect(result.status == 5)
    }

    /// What is open here is not open there: no program keeps our sockets alive.
    @Test func filesAreNotHandedOn() async throws {
        let pair = try FileDescriptor.pipe()
        defer {
            try? pair.readEnd.close()
            try? pair.writeEnd.close()
        }
        let listing = try await system.run(Command("sh", ["-c", "ls /proc/$$/fd"])).text
        let open = listing.split(separator: "\n").compactMap { Int32($0) }
        #expect(!open.contains(pair.readEnd.rawValue) && !open.contains(pair.writeEnd.rawValue), "\(open)")
    }

    @Test func cancellationKills() async {
        let system = system
        let task = Task { try await system.run(Command("sleep", ["600"])) }
        task.cancel()
        let result = await task.result
        #expect(throws: CommandFault.cancelled("sleep")) { try result.get() }
    }

    @Test func playedProgramsKeepALog() async throws {
        let played = PlayedCommands { command throws(CommandFault) in
            command.program == "nvme" ? CommandResult("ok") : nil
        }
        #expect(try await played.run(Command("nvme", ["list"])).text == "ok")
        await #expect(throws: CommandFault.missing("other")) { try await played.run(Command("other")) }
        #expect(played.commands.map(\.text) == ["nvme list", "other"])
    }
}
