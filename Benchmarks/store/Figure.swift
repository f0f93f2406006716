import Foundation

/// What so many operations took.
struct Figure: CustomStringConvertible {
    let perSecond: Double
    /// Processor time of this process for one operation; the server's is not in it.
    let processor: Double

    var description: String {
        let rate = String(Int(perSecond.rounded()))
        return String(repeating: " ", count: max(0, 9 - rate.count)) + rate + " per second, "
            + Self.microseconds(processor) + " CPU each"
    }

    static func microseconds(_ seconds: Double) -> String { "\((seconds * 10_000_000).rounded() / 10) µs" }
    static func ratio(_ value: Double) -> String { "× \((value * 100).rounded() / 100)" }

    /// Runs `operation` in so many tasks at once, half a second to warm up and two seconds that count.
    static func measure(
        tasks: Int, _ operation: @escaping @Sendable (_ task: Int, _ turn: Int) async throws -> Void
    ) async throws -> Figure {
        _ = try await run(for: .milliseconds(500), tasks, operation)
        let (processor, start) = (processorTime(), ContinuousClock.now)
        let count = try await run(for: .seconds(2), tasks, operation)
        let elapsed = seconds(ContinuousClock.now - start)
        return Figure(perSecond: Double(count) / elapsed, processor: (processorTime() - processor) / Double(count))
    }

    private static func run(
        for duration: Duration, _ tasks: Int, _ operation: @escaping @Sendable (Int, Int) async throws -> Void
    ) async throws -> Int {
        let end = ContinuousClock.now + duration
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    var turn = 0
                    while ContinuousClock.now < end {
                        try await operation(task, turn)
                        turn += 1
                    }
                    return turn
                }
            }
            return try await group.reduce(0, +)
        }
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    private static func processorTime() -> Double {
        // In microseconds, as POSIX has it.
        Double(clock()) / 1e6
    }
}

enum Storage {
    /// Seconds for one small write and its flush to the storage under `folder`.
    static func flush(in folder: URL) throws -> Double {
        let path = folder.appending(path: "flush").path
        try Data().write(to: URL(fileURLWithPath: path))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let start = ContinuousClock.now
        for _ in 0..<200 {
            try file.write(contentsOf: Data(repeating: 1, count: 4096))
            try file.synchronize()
        }
        return Figure.seconds(ContinuousClock.now - start) / 200
    }
}
