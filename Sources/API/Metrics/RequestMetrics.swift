import CoreMetrics
import HTTPTypes
import Model
import Synchronization

/// The histogram `http_request_duration_seconds`, one series per service, route, method and class of status.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let service: String
        let route: String
        let method: String
        let status: Int
    }

    private let registry: MetricsRegistry
    private let series = Mutex<[Key: any TimerHandler]>([:])

    init(_ registry: MetricsRegistry) {
        self.registry = registry
    }

    func record(_ answer: APIResponse, _ method: HTTPRequest.Method, _ span: Duration) {
        // Unknown paths share one series, so that a scanner cannot make series without end.
        let key = Key(
            service: answer.service ?? "none", route: answer.route ?? "none",
            method: answer.route == nil ? "any" : method.rawValue, status: answer.status)
        let timer = series.withLock { series in
            if let found = series[key] { return found }
            let made = registry.makeTimer(
                label: "http_request_duration_seconds",
                dimensions: [
                    ("service", key.service), ("route", key.route), ("method", key.method), ("status", "\(key.status)"),
                ])
            series[key] = made
            return made
        }
        timer.recordNanoseconds(span.wholeMicroseconds * 1000)
    }
}
