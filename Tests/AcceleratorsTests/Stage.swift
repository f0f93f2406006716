import Foundation
import Link
import Synchronization
import Workflows

/// Where in the life of a request a run is, so that a cut can say when it came.
///
/// What the engine of workflows does is named by the step that it runs, which nobody has to write down here.
final class Stage: Sendable {
    /// What clients and hosts do; the rest are the steps of workflows.
    enum Name: String, Sendable, CaseIterable {
        case report, create, bind, unbind, delete, withhold

        static func work(_ kind: DeviceWork.Kind) -> String { "host: \(kind.rawValue)" }
    }

    private struct State {
        var now = Name.report.rawValue
        var cut: String?
        var items = 0
        var reports: Int64 = 1
    }

    private let state = Mutex(State())

    /// Counts the work that hosts have seen.
    func nextItem() -> Int {
        state.withLock { state in
            state.items += 1
            return state.items
        }
    }

    /// Generations of a host's reports after its first.
    func nextReport() -> Int64 {
        state.withLock { state in
            state.reports += 1
            return state.reports
        }
    }

    func enter(_ name: Name) { state.withLock { $0.now = name.rawValue } }
    func enter(_ kind: DeviceWork.Kind) { state.withLock { $0.now = Name.work(kind) } }

    /// The moment that this task is in.
    var moment: String { RunningStep.label ?? state.withLock { $0.now } }

    /// When somebody was cut off.
    var cutAt: String? { state.withLock { $0.cut } }

    /// Somebody is cut off at this moment; the first one counts.
    func cut() {
        let moment = moment
        state.withLock { state in if state.cut == nil { state.cut = moment } }
    }

    static var isTabulated: Bool { ProcessInfo.processInfo.environment["KILONOVA_TEST_FAULTS"] == "all" }

    /// One line for each run that came to its end, which `Tests/Scripts/fault-table.sh` counts.
    func say(_ party: String) {
        guard Self.isTabulated else { return }
        print("\nFAULT|\(party)|\(cutAt ?? "none")|converged")
    }
}
