import Model

/// Runs an effect while others keep its lease, look whether the workflow is to turn back, and look at the clock.
struct EffectWatch: Sendable {
    enum Outcome: Sendable {
        case ended(StepEnd)
        case failed(any Error)
        /// The step's deadline passed first.
        case late
        /// Somebody cancelled the workflow first.
        case cancelled(String)
    }

    let time: TimeSource
    /// How often the lease is renewed.
    let interval: Duration
    /// Renews the lease; answers why the workflow is to turn back, where it can and somebody wishes it.
    let renew: @Sendable () async throws -> String?

    /// The first of all that happens; the effect is cancelled by whatever else comes first.
    ///
    /// - Parameter rest: until the step's deadline; nil without one
    func run(
        for rest: Duration?, _ effect: @escaping @Sendable () async throws -> StepEnd
    ) async -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            group.addTask {
                do { return .ended(try await effect()) } catch { return .failed(error) }
            }
            group.addTask {
                do {
                    while true {
                        try await time.sleep(for: interval)
                        if let reason = try await renew() { return .cancelled(reason) }
                    }
                } catch { return .failed(error) }
            }
            if let rest {
                group.addTask {
                    do {
                        try await time.sleep(for: rest)
                        return .late
                    } catch { return .failed(error) }
                }
            }
            let first = await group.next() ?? .failed(CancellationError())
            group.cancelAll()
            return first
        }
    }
}
