import CoreMetrics
import Link
import Model

/// The metrics of an agent's shell in `/metrics`, one series per host.
struct AgentGauges: Sendable {
    private let host: (String, String)
    /// Work items in progress.
    let workItems: Gauge
    /// The revision of the last desired state that arrived.
    let revision: Gauge
    private let factory: any MetricsFactory

    init(host: HostName, factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
        let dimension = ("host", host.text)
        self.host = dimension
        workItems = Gauge(label: "kilonova_agent_work_items", dimensions: [dimension], factory: factory)
        revision = Gauge(label: "kilonova_agent_desired_revision", dimensions: [dimension], factory: factory)
    }

    /// A work item whose outcome was taken.
    func ended(_ kind: String, _ outcome: WorkOutcome) {
        let result = outcome.failure == nil ? "done" : "failed"
        Counter(
            label: "kilonova_agent_work_items_total",
            dimensions: [host, ("kind", kind), ("outcome", result)], factory: factory
        ).increment()
    }
}
