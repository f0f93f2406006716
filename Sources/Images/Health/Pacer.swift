import Model

/// Keeps reading below a rate: whoever has read waits as long as that may take.
struct Pacer: Sendable {
    /// In bytes per second; nil is as fast as it goes.
    let rate: Int?
    let time: TimeSource

    func wait(for bytes: Int) async throws {
        guard let rate else { return try Task.checkCancellation() }
        try await time.sleep(for: .seconds(1) * bytes / rate)
    }
}
