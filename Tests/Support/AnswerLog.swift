import Logging
import Synchronization

/// Keeps what the control plane says of answers that differ from their OpenAPI documents; the rest of its log is dropped.
final class AnswerLog: Sendable {
    private let kept = Mutex<[String]>([])

    /// The mismatches so far, each once.
    var mismatches: [String] { kept.withLock { Array(Set($0)).sorted() } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    fileprivate func keep(_ text: String) { kept.withLock { $0.append(text) } }

    private struct Handler: LogHandler {
        let log: AnswerLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .error

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            guard let answer = event.metadata?["answer"] else { return }
            log.keep("\(answer)")
        }
    }
}
