import Agent
import Link
import Model
import TestWatched

/// A party of a host's agent that a test plays: it fails when it begins to run, or hangs in all that it does.
final class PlayedParty: HostParty {
    struct Seen: Sendable {
        var revisions: [Int64] = []
        var sections: [JSONValue?] = []
        var accepted = 0
        var runs = 0
        var done: [WorkItemID] = []
    }

    struct Broken: Error {}

    let party: Party
    let kinds: Set<String> = ["act"]
    let seen = Watched(Seen())
    /// While false, it hangs.
    let isFree: Watched<Bool>
    private let failures: Int

    init(_ party: Party, failures: Int = 0, hangs: Bool = false) {
        self.party = party
        self.failures = failures
        isFree = Watched(!hangs)
    }

    /// Something for it to do.
    func item(_ subject: String) -> WorkItem {
        WorkItem(
            id: IDSource.random.next(), party: party, kind: "act", subject: subject, body: .object([]), deadline: nil)
    }

    func doing(_ item: WorkItem) throws(UnknownWork) -> Doing {
        guard kinds.contains(item.kind) else { throw .kind(of: item) }
        return { [self] in
            await isFree.until { $0 }
            guard !Task.isCancelled else { return nil }
            seen.change { $0.done.append(item.id) }
            return .done
        }
    }

    func want(_ section: JSONValue?, revision: Int64) async {
        seen.change { seen in
            seen.revisions.append(revision)
            seen.sections.append(section)
        }
        await isFree.until { $0 }
    }

    func accepted(_ section: JSONValue?) async { seen.change { $0.accepted += 1 } }

    func run() async throws {
        let runs = seen.change { seen in
            seen.runs += 1
            return seen.runs
        }
        if runs <= failures { throw Broken() }
        // Until it is cancelled.
        await Watched(false).until { $0 }
    }
}
