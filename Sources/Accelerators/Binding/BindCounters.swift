import CoreMetrics
import Metrics

/// What of bindings an operator should watch in `/metrics` beside the events. Each replica counts what it does itself.
struct BindCounters: Sendable {
    /// Binds of what the instance had claimed nothing of in Placement.
    let unclaimed: Counter
    /// Binds that named another host than the one whose device they got.
    let elsewhere: Counter

    init(factory: any MetricsFactory) {
        unclaimed = Counter(label: "kilonova_accelerator_unclaimed_binds_total", factory: factory)
        elsewhere = Counter(label: "kilonova_accelerator_misdirected_binds_total", factory: factory)
    }
}
