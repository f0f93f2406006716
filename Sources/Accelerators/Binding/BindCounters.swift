import CoreMetrics
import Metrics

/// Counters of binds for operators, in `/metrics`. Each replica counts its own binds.
struct BindCounters: Sendable {
    /// Binds without any claim of the instance in Placement.
    let unclaimed: Counter
    /// Binds that named another host than that of their device.
    let elsewhere: Counter

    init(factory: any MetricsFactory) {
        unclaimed = Counter(label: "kilonova_accelerator_unclaimed_binds_total", factory: factory)
        elsewhere = Counter(label: "kilonova_accelerator_misdirected_binds_total", factory: factory)
    }
}
