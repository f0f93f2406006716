import CoreMetrics
import Synchronization

final class CounterSeries: CounterHandler, MetricSeries {
    private let count = Atomic<Int64>(0)
    var type: String { "counter" }

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }

    func render(name: String, labels: String, into text: inout String) {
        text += line(name, labels, "\(count.load(ordering: .relaxed))")
    }
}

final class GaugeSeries: MeterHandler, RecorderHandler, MetricSeries {
    private let value = Mutex<Double>(0)
    var type: String { "gauge" }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func render(name: String, labels: String, into text: inout String) {
        text += line(name, labels, "\(value.withLock { $0 })")
    }
}

/// Counts per bucket, cumulative when rendered.
final class HistogramSeries: TimerHandler, RecorderHandler, MetricSeries {
    private struct State {
        var counts: [Int64]
        var total: Int64 = 0
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>
    var type: String { "histogram" }

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count)))
    }

    static func ofSeconds() -> HistogramSeries {
        HistogramSeries(bounds: [
            0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2.5, 5, 10,
        ])
    }

    static func ofCounts() -> HistogramSeries {
        HistogramSeries(bounds: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 100_000])
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 }
        state.withLock { state in
            if let bucket { state.counts[bucket] += 1 }
            state.total += 1
            state.sum += value
        }
    }

    func render(name: String, labels: String, into text: inout String) {
        let state = state.withLock { $0 }
        let prefix = labels.isEmpty ? "" : labels + ","
        var sofar: Int64 = 0
        for (bound, count) in zip(bounds, state.counts) {
            sofar += count
            text += line("\(name)_bucket", "\(prefix)le=\"\(bound)\"", "\(sofar)")
        }
        text += line("\(name)_bucket", "\(prefix)le=\"+Inf\"", "\(state.total)")
        text += line("\(name)_sum", labels, "\(state.sum)")
        text += line("\(name)_count", labels, "\(state.total)")
    }
}
