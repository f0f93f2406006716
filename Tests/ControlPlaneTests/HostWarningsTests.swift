import Logging
import Model
import Synchronization
import Testing

@testable import ControlPlane

@Suite("Warnings of several agents")
struct HostWarningsTests {
    @Test("one for all hosts whose configuration deserves it, with their names")
    func once() {
        let kept = Kept()
        var warnings = HostWarnings()
        warnings.add("old key", of: "h1")
        warnings.add("untried driver", of: "h1")
        warnings.add("old key", of: "h2")
        warnings.add("old key", of: "h2")
        warnings.log(kept.logger)
        #expect(kept.lines.withLock { $0 } == ["warning old key h1 h2", "warning untried driver h1"])
    }

    private final class Kept: Sendable {
        let lines = Mutex<[String]>([])
        var logger: Logger { Logger(label: "kept") { _ in Handler(kept: self) } }
    }

    private struct Handler: LogHandler {
        let kept: Kept
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let hosts = event.metadata?["host"].map { " \($0)" } ?? ""
            kept.lines.withLock { $0.append("\(event.level) \(event.message)\(hosts)") }
        }
    }
}
