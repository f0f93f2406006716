import Foundation

/// Measures a deployed control plane with hosts of eight devices each: its CPU time when nothing happens, its memory, and the time
/// until all hosts are back after it was killed.
///
///     BenchmarkFleet KILONOVA [agents, 5000] [seconds measured, 60]
///
/// The agents run in a process of their own and use the program's link, with mutual TLS and its usual pauses before it reconnects. Exit
/// status 1 if a bar is missed.
@main struct FleetBenchmark {
    static let mostOfACore = 0.10
    static let longestReturn = 30.0
    /// MB resident of the server with 5,000 hosts. With fewer, what it has without a host, and as much for each.
    static let mostResident = 300.0

    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.count == 5, arguments[1] == "agents", let port = Int(arguments[2]), let count = Int(arguments[4]) {
            try await SimulatedFleet(port: port, folder: arguments[3], count: count).run()
            return
        }
        guard arguments.count >= 2 else {
            print("usage: BenchmarkFleet KILONOVA [AGENTS [SECONDS]]")
            exit(2)
        }
        let count = arguments.count > 2 ? Int(arguments[2]) ?? 5000 : 5000
        let seconds = arguments.count > 3 ? Double(arguments[3]) ?? 60 : 60
        exit(try await Measurement(binary: arguments[1], agents: count, seconds: seconds).run() ? 0 : 1)
    }
}
