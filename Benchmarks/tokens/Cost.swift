import Foundation

/// Processor time of one operation of this process.
enum Cost {
    /// In microseconds, over a second of them; prints it under `title`.
    static func measure(_ title: String, _ operation: () async throws -> Void) async throws -> Double {
        for _ in 0..<20 { try await operation() }
        // POSIX counts processor time in microseconds.
        let (start, enough) = (clock(), 1_000_000)
        var times = 0
        while clock() - start < enough {
            for _ in 0..<20 { try await operation() }
            times += 20
        }
        let cost = Double(clock() - start) / Double(times)
        let line = title.padding(toLength: 42, withPad: " ", startingAt: 0) + "\((cost * 10).rounded() / 10) µs\n"
        FileHandle.standardOutput.write(Data(line.utf8))
        return cost
    }
}
