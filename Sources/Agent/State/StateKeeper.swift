import FoundationEssentials
import Logging
import Model

/// Keeps an agent's state and its journal of work on disk: a crash leaves both before or after a change.
///
/// A disk that takes nothing stops nobody: the agent goes on with what it has in memory, says so once, and writes the whole
/// again at the next change.
///
/// Safe: the actor holds its executor as long as it lives.
actor StateKeeper {
    private static let stateFile = "state.json"
    private static let journalFile = "work.journal"

    private let disk: any StateDisk
    private let logger: Logger
    private let executor = QueueExecutor("kilonova.agent.state")
    private(set) var state: AgentState
    /// The devices that were withdrawn when this keeper was created.
    nonisolated let storedSick: [AgentState.SickDevice]
    private var journal: WorkJournal
    private var isStateWritten = true
    /// False after a line could not be appended; then the complete journal is written again.
    private var isJournalWhole = true
    private var isTroubled = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Reads the files. Throws if they cannot be read at all. Damaged content is dropped: all of it can be found out
    /// again, except administrators' reservations on capacity that was withheld.
    init(disk: any StateDisk, logger: Logger) throws {
        self.disk = disk
        self.logger = logger
        var state = AgentState()
        if let bytes = try disk.read(Self.stateFile) {
            do {
                state = try JSONDecoder().decode(AgentState.self, from: Data(bytes))
            } catch {
                logger.error("the agent's state cannot be read; it is set aside, and the agent starts without it")
                try? disk.replace(Self.stateFile + ".damaged", with: bytes)
            }
        }
        self.state = state
        storedSick = state.sick
        let lines = try disk.read(Self.journalFile) ?? []
        let journal = WorkJournal(reading: lines)
        self.journal = journal
        if journal.damagedLines > 0 {
            logger.warning(
                "the work journal has damaged lines, which are ignored",
                metadata: ["lines": "\(journal.damagedLines)"])
            isJournalWhole = false
        }
    }

    /// Whether all changes are on disk.
    var isDurable: Bool { isStateWritten && isJournalWhole }

    /// Changes the state, and makes the change durable before it returns.
    @discardableResult
    func change<Result: Sendable>(_ body: @Sendable (inout AgentState) -> Result) -> Result {
        let before = state
        let result = body(&state)
        if state != before || !isStateWritten { writeState() }
        return result
    }

    /// Records that an item is about to be started; returns how often it was started, including this time.
    func begin(_ item: WorkItemID) -> Int {
        let attempts = (journal.records[item]?.attempts ?? 0) + 1
        note([(item, .begun(attempts))])
        return attempts
    }

    /// Records an item's outcome, before anyone is notified of it.
    func end(_ item: WorkItemID, _ outcome: WorkEnd) { note([(item, .ended(outcome))]) }

    /// Drops every item except those, and returns their known outcomes.
    func outcomes(of items: Set<WorkItemID>) -> [WorkItemID: WorkEnd] {
        note(journal.records.keys.filter { !items.contains($0) }.sorted().map { ($0, .forgotten) })
        return journal.records.compactMapValues(\.end)
    }

    private func note(_ entries: [(item: WorkItemID, entry: WorkJournal.Entry)]) {
        guard !entries.isEmpty else { return }
        for (item, entry) in entries { journal.take(entry, for: item) }
        do {
            if isJournalWhole, !journal.isWorthRewriting {
                try disk.append(
                    entries.flatMap { WorkJournal.line($0.entry, for: $0.item) }, to: Self.journalFile)
            } else {
                try disk.replace(Self.journalFile, with: journal.rewritten())
                isJournalWhole = true
            }
            isTroubled = false
        } catch {
            isJournalWhole = false
            complain(error)
        }
    }

    private func writeState() {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            try disk.replace(Self.stateFile, with: Array(try encoder.encode(state)))
            isStateWritten = true
            isTroubled = false
        } catch {
            isStateWritten = false
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
