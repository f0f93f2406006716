/// A pipe that holds one chunk. The producer waits until the consumer has taken it, so that a slow client slows its
/// response down instead of filling memory.
actor ChunkPipe {
    private var chunk: [UInt8]?
    private var isFinished = false
    private var failure: (any Error)?
    private var producer: CheckedContinuation<Void, Never>?
    private var consumer: CheckedContinuation<Void, Never>?

    /// Throws when the consumer has gone.
    func send(_ bytes: [UInt8]) async throws {
        while chunk != nil, !isFinished { await withCheckedContinuation { producer = $0 } }
        guard !isFinished else { throw CancellationError() }
        chunk = bytes
        wakeConsumer()
    }

    /// Ends the pipe; `error` reaches the consumer after the last chunk.
    func finish(_ error: (any Error)? = nil) {
        isFinished = true
        failure = failure ?? error
        wakeConsumer()
        wakeProducer()
    }

    func next() async throws -> [UInt8]? {
        while chunk == nil, !isFinished { await withCheckedContinuation { consumer = $0 } }
        if let taken = chunk {
            chunk = nil
            wakeProducer()
            return taken
        }
        if let failure { throw failure }
        return nil
    }

    private func wakeConsumer() {
        consumer?.resume()
        consumer = nil
    }

    private func wakeProducer() {
        producer?.resume()
        producer = nil
    }
}
