import Link
import Model
import Synchronization

/// The lines in which work stands: what is done to one subject is done one after another, and nothing waits for another
/// subject.
public final class WorkLines: Sendable {
    /// What work stands in line for.
    public struct Subject: Hashable, Sendable {
        let party: Party
        let name: String
    }

    private struct Line {
        /// Nil for what is no work item.
        let item: WorkItemID?
        let doing: Task<Void, Never>
    }

    /// The last doing for each subject. It may outlive its item, for nobody can be forced.
    private let lines = Mutex<[Subject: Line]>([:])

    init() {}

    /// Everything that is in line now.
    var doings: [Task<Void, Never>] { lines.withLock { $0.values.map(\.doing) } }

    /// Does an item when all before it in the subject's line are done.
    ///
    /// - Parameters:
    ///   - body: is left out if the doing is cancelled before its turn
    ///   - ended: called with what `body` returned, when the item has left the line
    func add(
        _ item: WorkItemID, to subject: Subject, _ body: @escaping @Sendable () async -> WorkOutcome?,
        ended: @escaping @Sendable (WorkOutcome?) -> Void
    ) -> Task<Void, Never> {
        lines.withLock { lines in
            let before = lines[subject]?.doing
            let doing = Task {
                await before?.value
                var outcome: WorkOutcome?
                if !Task.isCancelled { outcome = await body() }
                self.leave(subject, item)
                ended(outcome)
            }
            lines[subject] = Line(item: item, doing: doing)
            return doing
        }
    }

    /// Does something to a subject in line with its work items, none of which begins meanwhile.
    ///
    /// - Returns: false while work for the subject is under way, which goes first
    public func inLine(_ subject: Subject, _ body: @escaping @Sendable () async -> Void) async -> Bool {
        let doing: Task<Void, Never>? = lines.withLock { lines in
            guard lines[subject] == nil else { return nil }
            let doing = Task { await body() }
            lines[subject] = Line(item: nil, doing: doing)
            return doing
        }
        guard let doing else { return false }
        await doing.value
        leave(subject, nil)
        return true
    }

    /// The line ends if nobody has joined it meanwhile.
    private func leave(_ subject: Subject, _ item: WorkItemID?) {
        lines.withLock { lines in
            if let last = lines[subject], last.item == item { lines[subject] = nil }
        }
    }
}
