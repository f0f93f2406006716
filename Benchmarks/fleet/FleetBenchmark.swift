import Foundation

/// A control plane as it is deployed, and hosts with eight devices each: what they cost it when nothing happens, and how
/// soon all are back after it was killed.
///
///     BenchmarkFleet KILONOVA [agents, 5000] [seconds measured, 60]
///
/// The agents live in a process of their own and use the program's own link, with mutual TLS and its own pauses before it
/// dials again. Ends with 1 where a bar is missed.
@main struct FleetBenchmark {
    static let mostOfACore = 0.10
    static let longestReturn = 30.0

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
