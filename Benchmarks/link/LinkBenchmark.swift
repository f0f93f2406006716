import API
import Foundation
import Model

/// Ten thousand idle agents with mutual TLS on one server: what each costs it.
///
///     BenchmarkLink [number of agents, 10000] [most kB a connection may cost, 50]
///
/// The agents run in a process of their own, over the loopback. Ends with 1 where the bar is missed.
@main struct LinkBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.count == 5, arguments[1] == "agents", let port = Int(arguments[2]),
            let count = Int(arguments[4])
        {
            let fleet = try IdleFleet(port: port, folder: arguments[3], count: count)
            try await fleet.run()
            return
        }
        let wanted = arguments.count > 1 ? Int(arguments[1]) ?? 10_000 : 10_000
        let bar = arguments.count > 2 ? Double(arguments[2]) ?? 50 : 50
        // Every fifth agent gets a second connection in the end.
        let files = OpenFiles.raise(to: wanted + wanted / 5 + 512)
        let agents = min(wanted, (files - 512) * 5 / 6)
        guard agents >= 200 else {
            print("only \(files) files may be open; this needs 752 at least")
            exit(2)
        }
        if agents < wanted { print("\(agents) agents instead of \(wanted): \(files) files may be open") }
        let isMet = try await ServerUnderTest.run(agents: agents, files: files) { server in
            try await Measurement(server: server, agents: agents, bar: bar).run()
        }
        exit(isMet ? 0 : 1)
    }
}
