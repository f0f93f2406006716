import API
import CoreMetrics

/// The metrics of this process, whichever parts of it measure.
enum ProcessMetrics {
    /// Becomes the back end of swift-metrics when first used: see `start`.
    static let registry: MetricsRegistry = {
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        return registry
    }()

    /// Must come before the parts that measure are made: what was made earlier measures into nothing.
    static func start() { _ = registry }
}
