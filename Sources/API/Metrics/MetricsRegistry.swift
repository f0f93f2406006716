public import CoreMetrics
import Synchronization

/// Every counter, gauge and histogram of the process, in memory, rendered in Prometheus' text format (version 0.0.4).
///
/// It is a back end of swift-metrics: rooms measure through swift-metrics, and only the server knows this type. Names
/// and labels are fixed in code. A registry holds at most `maximumSeries` series, and counts the refused ones.
public final class MetricsRegistry: MetricsFactory, Sendable {
    private struct Key: Hashable {
        let name: String
        let labels: String
    }

    private let series: Mutex<[Key: any MetricSeries]>
    private let maximumSeries: Int
    private let refused = CounterSeries()

    public init(maximumSeries: Int = 10_000) {
        series = Mutex([:])
        self.maximumSeries = maximumSeries
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        find(label, dimensions, CounterSeries.init) ?? refused
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        find(label, dimensions, GaugeSeries.init) ?? GaugeSeries()
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return find(label, dimensions, GaugeSeries.init) ?? GaugeSeries() }
        return find(label, dimensions, HistogramSeries.ofCounts) ?? HistogramSeries.ofCounts()
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        find(label, dimensions, HistogramSeries.ofSeconds) ?? HistogramSeries.ofSeconds()
    }

    // Series live as long as the process: their number is bounded, and a scrape wants them to stay.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func find<Series: MetricSeries>(
        _ label: String, _ dimensions: [(String, String)], _ make: () -> Series
    ) -> Series? {
        let key = Key(name: Self.name(label), labels: Self.labels(dimensions))
        return series.withLock { series -> Series? in
            if let found = series[key] { return found as? Series }
            guard series.count < maximumSeries else {
                refused.increment(by: 1)
                return nil
            }
            let made = make()
            series[key] = made
            return made
        }
    }

    /// The complete registry in Prometheus' format, sorted.
    public func text() -> String {
        let all = series.withLock { $0 }
        var text = ""
        var last = ""
        for (key, series) in all.sorted(by: { ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels) }) {
            if key.name != last {
                text += "# TYPE \(key.name) \(series.type)\n"
                last = key.name
            }
            series.render(name: key.name, labels: key.labels, into: &text)
        }
        text += "# TYPE kilonova_metrics_refused_total counter\n"
        refused.render(name: "kilonova_metrics_refused_total", labels: "", into: &text)
        return text
    }

    private static func name(_ label: String) -> String {
        String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") ? $0 : "_" })
    }

    private static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.sorted { $0.0 < $1.0 }.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(Self.name(name))=\"\(escaped)\""
        }.joined(separator: ",")
    }
}

/// One line, or group of lines, of the text format.
protocol MetricSeries: Sendable {
    var type: String { get }
    func render(name: String, labels: String, into text: inout String)
}

extension MetricSeries {
    func line(_ name: String, _ labels: String, _ value: String) -> String {
        labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }
}
