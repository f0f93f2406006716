import Logging
import Synchronization

/// What was logged, for tests of what operators read.
final class KeptLog: Sendable {
    private let kept = Mutex<[String]>([])
    private let bell = AsyncStream<Void>.makeStream()

    /// One for each line.
    var arrivals: AsyncStream<Void> { bell.stream }

    /// `LEVEL MESSAGE`, in order.
    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger { Logger(label: "kept") { _ in Handler(log: self) } }

    func count(_ text: String) -> Int { lines.count { $0.contains(text) } }

    private struct Handler: LogHandler {
        let log: KeptLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.kept.withLock { $0.append("\(event.level) \(event.message)") }
            log.bell.continuation.yield()
        }
    }
}
