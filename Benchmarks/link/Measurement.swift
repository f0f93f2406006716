import Fleet
import Foundation

/// Connects the agents in steps and prints what each step cost the server.
struct Measurement: Sendable {
    let server: ServerUnderTest
    let agents: Int
    let bar: Double

    /// Agents that are there before anything is measured, so that what a server needs once does not count.
    private static let warmUp = 100
    /// Longer than a heartbeat interval: every stream has had a line by then.
    private static let settling = Duration.seconds(20)

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// Whether the bar is met.
    func run() async throws -> Bool {
        let fleet = Process()
        fleet.executableURL = URL(filePath: CommandLine.arguments[0])
        fleet.arguments = ["agents", "\(server.port)", server.folder, "\(agents)"]
        let orders = Pipe()
        let answers = Pipe()
        fleet.standardInput = orders
        fleet.standardOutput = answers
        try fleet.run()
        defer {
            try? orders.fileHandleForWriting.close()
            fleet.terminate()
            fleet.waitUntilExit()
        }
        let reader = LineReader(answers.fileHandleForReading)
        func order(_ text: String) async throws {
            try orders.fileHandleForWriting.write(contentsOf: Data("\(text)\n".utf8))
            guard await reader.next() != nil else {
                throw Failed(description: "the agents' process ended while it did '\(text)'")
            }
        }

        try await order("streams \(Self.warmUp)")
        try await Task.sleep(for: .seconds(2))
        let before = ProcessFigures.now()
        say("server with \(Self.warmUp) agents: \(before.resident) kB resident")

        let clock = ContinuousClock()
        let begin = clock.now
        try await order("streams \(agents)")
        let connected = ProcessFigures.now()
        let count = Double(agents - Self.warmUp)
        let span = begin.duration(to: clock.now)
        let seconds = Double(span.components.seconds) + Double(span.components.attoseconds) / 1e18
        say(
            "\(agents) agents connected in \(Self.rounded(seconds)) s, "
                + "\(Self.rounded((connected.seconds - before.seconds) * 1000 / count)) ms of the server's CPU each")
        try await Task.sleep(for: Self.settling)
        guard server.hub.watchers == agents else {
            throw Failed(description: "only \(server.hub.watchers) of \(agents) agents watch")
        }
        let settled = ProcessFigures.now()
        let each = Double(settled.resident - before.resident) / count
        say("server with \(agents) agents: \(settled.resident) kB resident")
        let idle = ProcessFigures.now()
        try await Task.sleep(for: Self.settling)
        let later = ProcessFigures.now()
        say(
            "idle, with a heartbeat line to each agent every 15 s: "
                + "\(Self.rounded((later.seconds - idle.seconds) * 100 / 20)) % of one core")

        let second = min(agents / 5, 2_000)
        try await order("requests \(second)")
        try await Task.sleep(for: .seconds(3))
        let requested = ProcessFigures.now()
        say(
            "a second connection, kept after a request: "
                + "\(Self.rounded(Double(requested.resident - later.resident) / Double(second))) kB each")
        let isMet = each <= bar
        say("idle stream with mutual TLS: \(Self.rounded(each)) kB each (bar: \(bar)) \(isMet ? "met" : "MISSED")")
        return isMet
    }

    /// At once, also where the output is a file.
    private func say(_ line: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
    }

    private static func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}

/// Lines of a pipe, waited for without holding a thread of the pool.
private final class LineReader: Sendable {
    private let lines: AsyncStream<String>

    init(_ handle: FileHandle) {
        let (stream, sink) = AsyncStream.makeStream(of: String.self)
        lines = stream
        handle.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
                sink.finish()
            } else {
                for line in String(decoding: data, as: UTF8.self).split(separator: "\n") { sink.yield(String(line)) }
            }
        }
    }

    func next() async -> String? {
        var iterator = lines.makeAsyncIterator()
        return await iterator.next()
    }
}
