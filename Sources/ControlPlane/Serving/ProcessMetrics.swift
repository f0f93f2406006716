import API
import CoreMetrics

/// The metrics of this process, for all of its parts.
enum ProcessMetrics {
    /// Becomes the back end of swift-metrics when it is first used: see `start`.
    static let registry: MetricsRegistry = {
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        return registry
    }()

    /// Must be called before the parts that measure are created; the metrics of earlier ones are lost.
    static func start() { _ = registry }
}
