import Foundation
import Synchronization

/// Where in the life of a request a run is, so that a cut can say when it came.
final class Stage: Sendable {
    enum Name: String, Sendable, CaseIterable {
        case report, create, bind, prepare, unbind, clean, withhold, delete
    }

    private let state = Mutex<(now: Name, cut: Name?, items: Int)>((.report, nil, 0))

    /// Counts the work that hosts have seen.
    func nextItem() -> Int {
        state.withLock { state in
            state.items += 1
            return state.items
        }
    }

    var now: Name {
        get { state.withLock { $0.now } }
        set { state.withLock { $0.now = newValue } }
    }

    /// Somebody is cut off at this moment; the first one counts.
    func cut() { state.withLock { state in if state.cut == nil { state.cut = state.now } } }

    /// One line for each run that came to its end, which `Tests/Scripts/fault-table.sh` counts.
    func say(_ party: String) {
        guard ProcessInfo.processInfo.environment["KILONOVA_TEST_FAULTS"] == "all" else { return }
        let cut = state.withLock { $0.cut }
        print("\nFAULT|\(party)|\(cut?.rawValue ?? "none")|converged")
    }
}
