import CoreMetrics
import Model

/// The metrics of a host's devices in `/metrics`, one series per host.
struct DeviceGauges: Sendable {
    private let host: (String, String)
    /// Whether the accelerator service accepted the last report: 1 or 0.
    let isReported: Gauge
    /// Devices that drivers left out in the last look, including fenced ones.
    let leftOut: Gauge
    /// Duration of the last look at the host in seconds.
    let lookSeconds: Gauge
    /// Looks at the complete host.
    let looks: Counter
    /// Providers that Placement should have, those of them whose capacity is withheld, and those that wait for their
    /// consumers.
    let providers: Gauge
    let withheld: Gauge
    let lingering: Gauge
    /// Problems that prevent Placement from matching the host.
    let placementProblems: Gauge
    /// Whether the agent's state is on disk: 1 or 0.
    let isDurable: Gauge

    /// Devices that are withdrawn because of their health.
    let sick: Gauge
    /// Events of the kernel about devices.
    let events: Counter
    private let factory: any MetricsFactory

    init(host: HostName, factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
        let dimension = ("host", host.text)
        self.host = dimension
        func gauge(_ name: String) -> Gauge {
            Gauge(label: "kilonova_agent_\(name)", dimensions: [dimension], factory: factory)
        }
        isReported = gauge("report_taken")
        leftOut = gauge("devices_left_out")
        lookSeconds = gauge("look_seconds")
        looks = Counter(label: "kilonova_agent_looks_total", dimensions: [dimension], factory: factory)
        events = Counter(label: "kilonova_agent_kernel_events_total", dimensions: [dimension], factory: factory)
        sick = gauge("devices_sick")
        providers = gauge("providers")
        withheld = gauge("providers_withheld")
        lingering = gauge("providers_lingering")
        placementProblems = gauge("placement_problems")
        isDurable = gauge("state_durable")
    }

    /// Devices of a driver, and whether it fails.
    func found(_ devices: Int, by driver: DriverReport) {
        let dimensions = [host, ("driver", driver.name)]
        Gauge(label: "kilonova_agent_devices", dimensions: dimensions, factory: factory).record(devices)
        Gauge(label: "kilonova_agent_driver_failing", dimensions: dimensions, factory: factory).record(
            driver.failure == nil ? 0 : 1)
    }
}
