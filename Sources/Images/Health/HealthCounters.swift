import CoreMetrics

/// What checks of stored data did, for operators, in `/metrics`. Each replica counts its own checks.
struct HealthCounters: Sendable {
    let checked: Counter
    let bytes: Counter
    /// Blobs that were found wrong or missing.
    let damaged: Counter
    let repaired: Counter
    /// Of all replicas: what is damaged at the moment.
    let open: Gauge

    init() {
        checked = Counter(label: "kilonova_image_checked_blobs_total")
        bytes = Counter(label: "kilonova_image_checked_bytes_total")
        damaged = Counter(label: "kilonova_image_damaged_blobs_total")
        repaired = Counter(label: "kilonova_image_repaired_blobs_total")
        open = Gauge(label: "kilonova_image_damaged_blobs")
    }
}
