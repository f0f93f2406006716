import API
import CoreMetrics

/// The metrics of this process, whichever parts of it measure.
enum ProcessMetrics {
    /// Becomes the back end of swift-metrics when first used.
    static let registry: MetricsRegistry = {
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        return registry
    }()
}
