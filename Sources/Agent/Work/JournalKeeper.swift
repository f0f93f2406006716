import Link
import Logging
import Model

/// Keeps the journal of work on disk: a crash leaves it before or after a change.
///
/// A disk that takes nothing stops nobody: the agent goes on with what it has in memory, says so once, and writes the whole
/// again at the next change.
actor JournalKeeper {
    private static let file = "work.journal"

    private let disk: any StateDisk
    private let logger: Logger
    private let executor = QueueExecutor("kilonova.agent.journal")
    private var journal: WorkJournal
    /// Whether all changes are on disk. False after a line could not be appended; then the complete journal is written again.
    private(set) var isDurable = true
    private var isTroubled = false

    /// Safe: the actor holds its executor as long as it lives.
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Reads the file. Throws if it cannot be read at all. Damaged lines are dropped: their work, which is idempotent, is done
    /// again.
    init(disk: any StateDisk, logger: Logger) throws {
        self.disk = disk
        self.logger = logger
        let lines = try disk.read(Self.file) ?? []
        let journal = WorkJournal(reading: lines)
        self.journal = journal
        if journal.damagedLines > 0 {
            logger.warning(
                "the work journal has damaged lines, which are ignored",
                metadata: ["lines": "\(journal.damagedLines)"])
            isDurable = false
        }
    }

    /// Records that an item is about to be started; returns how often it was started, including this time.
    func begin(_ item: WorkItemID) -> Int {
        let attempts = (journal.records[item]?.attempts ?? 0) + 1
        note([(item, .begun(attempts))])
        return attempts
    }

    /// Records an item's outcome, before anyone is notified of it.
    func end(_ item: WorkItemID, _ outcome: WorkOutcome) { note([(item, .ended(outcome))]) }

    /// Drops every item except those, and returns their known outcomes.
    func outcomes(of items: Set<WorkItemID>) -> [WorkItemID: WorkOutcome] {
        note(journal.records.keys.filter { !items.contains($0) }.sorted().map { ($0, .forgotten) })
        return journal.records.compactMapValues(\.end)
    }

    private func note(_ entries: [(item: WorkItemID, entry: WorkJournal.Entry)]) {
        guard !entries.isEmpty else { return }
        for (item, entry) in entries { journal.take(entry, for: item) }
        do {
            if isDurable, !journal.isWorthRewriting {
                try disk.append(
                    entries.flatMap { WorkJournal.line($0.entry, for: $0.item) }, to: Self.file)
            } else {
                try disk.replace(Self.file, with: journal.rewritten())
                isDurable = true
            }
            isTroubled = false
        } catch {
            isDurable = false
            complain(error)
        }
    }

    private func complain(_ error: any Error) {
        guard !isTroubled else { return }
        isTroubled = true
        logger.error(
            "the agent's state could not be written; it goes on without, and a restart now would repeat work",
            metadata: ["reason": "\(error)"])
    }
}
