/// Measures Placement, and serves it alone for the conformance runs and comparisons beside this file.
///
///     BenchmarkPlacement serve [--port N] [--data FILE] [--policy secure|legacy|open] [--prefix /placement]
///     BenchmarkPlacement search [--trees N] [--rounds N]
@main
struct Main {
    static func main() async throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let command = arguments.isEmpty ? "search" : arguments.removeFirst()
        let options = CommandOptions(arguments)
        switch command {
        case "serve": try await ServeCommand(options).run()
        default: SearchCommand(options).run()
        }
    }
}

/// `--name value` pairs.
struct CommandOptions {
    private var values: [String: String] = [:]

    init(_ arguments: [String]) {
        var index = 0
        while index + 1 < arguments.count {
            values[String(arguments[index].drop { $0 == "-" })] = arguments[index + 1]
            index += 2
        }
    }

    func text(_ name: String) -> String? { values[name] }
    func number(_ name: String, _ standard: Int) -> Int { values[name].flatMap(Int.init) ?? standard }
}
