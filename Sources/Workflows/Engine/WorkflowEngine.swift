public import Logging
public import Model
public import ServiceLifecycle
public import Store

/// Runs the workflows of the journal: takes what is due under lease, does one step after the other, resumes what a dead
/// process left. Every replica runs one.
///
///     let engine = WorkflowEngine(store: store, owner: name, time: .system, logger: logger)
///     engine.register(bind)
///     try await store.write { transaction in
///         try engine.journal.start(kind, id: ids.next(), input: request, on: behalf, at: now, in: transaction)
///     }
///     try await engine.run()
///
/// Each service has slots of its own (`WorkflowSlots`), so that slow work of one holds up no other.
public final class WorkflowEngine: Service, Sendable {
    /// Where workflows are started and signalled.
    public let journal: WorkflowJournal
    private let store: any StateStore
    private let slots = SlotTable()
    private let book: LeaseBook
    private let time: TimeSource
    private let pace: Pace
    private let logger: Logger
    private let bell: Bell

    /// - Parameters:
    ///   - owner: names this process in leases; unique among all that share the store
    ///   - time: every moment and every pause of the engine
    public init(
        store: any StateStore, owner: String, time: TimeSource, pace: Pace = Pace(), logger: Logger
    ) {
        self.store = store
        self.time = time
        self.pace = pace
        self.logger = logger
        book = LeaseBook(owner: owner, length: pace.lease)
        let bell = Bell { span in try await time.sleep(for: span) }
        self.bell = bell
        journal = WorkflowJournal(hint: { bell.ring() })
    }

    /// Makes a kind of workflow known; before that, its journals lie untouched.
    public func register(_ definition: WorkflowDefinition) {
        slots.register(definition)
        bell.ring()
    }

    /// Every kind of workflow that is known, by name.
    package var known: [WorkflowDefinition] { slots.known }

    /// Works until the surrounding task is cancelled or the service is told to shut down; lets go of what it holds.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.loop() }
    }

    /// Runs what is due now, and what becomes due by it, to its end or to where it waits.
    package func runDue() async {
        while !Task.isCancelled {
            let entries = await take()
            if entries.isEmpty { return }
            await withDiscardingTaskGroup { group in
                for entry in entries { group.addTask { await self.work(entry) } }
            }
        }
    }

    private func loop() async {
        var pause = pace.poll
        var hasRung = false
        var lastPrune: Timestamp?
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                for entry in await take() {
                    group.addTask {
                        await self.work(entry)
                        self.bell.ring()
                    }
                }
                if lastPrune.map({ time.now().since($0) > .seconds(60) }) ?? true {
                    lastPrune = time.now()
                    await prune()
                }
                // A hint may come before the commit it speaks of: look again soon, then ever more seldom.
                pause = bell.take() || hasRung ? .milliseconds(1) : min(pause * 2, pace.poll)
                hasRung = await bell.wait(atMost: pause)
            }
        }
    }

    /// What is due, under lease and with a slot for each.
    private func take() async -> [JournalEntry] {
        let wanted = slots.free()
        guard !wanted.isEmpty else { return [] }
        let now = time.now()
        do {
            guard try await store.read({ [book] in try book.hasDue(wanted, at: now, in: $0) }) else { return [] }
            let entries = try await store.write { [book] in try book.take(wanted, at: now, in: $0) }
            for entry in entries { slots.occupy(entry.definition) }
            return entries
        } catch is LeaseLost {
            return []
        } catch {
            logger.warning("the journal cannot be read", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func prune() async {
        let ended = time.now() - pace.retention
        let signals = time.now() - pace.signals
        do {
            try await store.write { [book] transaction in
                try book.prune(endedBefore: ended, signalsBefore: signals, in: transaction)
            }
        } catch {
            logger.warning("ended workflows cannot be removed", metadata: ["error": "\(error)"])
        }
    }

    private func work(_ entry: JournalEntry) async {
        guard let definition = slots.definition(entry.definition) else { return }
        let run = WorkflowRun(
            definition: definition, store: store, book: book, time: time, pace: pace, logger: logger)
        await run.proceed(entry)
        slots.release(entry.definition)
    }
}
