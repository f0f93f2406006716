public import Logging
public import Model
public import ServiceLifecycle
public import Store
import Synchronization

/// Runs the workflows of the journal: takes what is due under lease, does one step after the other, resumes what a dead
/// process left. Every replica runs one.
///
///     let engine = WorkflowEngine(store: store, definitions: [bind, release], logger: logger)
///     try await store.write { transaction in
///         try engine.journal.start(bind, id: ids.next(), input: request, at: now, in: transaction)
///     }
///     try await engine.run()
public final class WorkflowEngine: Service, Sendable {
    /// How an engine paces itself.
    public struct Pace: Sendable {
        /// How long a workflow stays with a process that is silent.
        public var lease: Duration
        /// The longest pause between two looks at the journal.
        public var poll: Duration
        /// The first pause after trouble; doubles up to `longestRetry`.
        public var retry: Duration
        var longestRetry: Duration
        /// Workflows at the same time.
        var concurrency: Int
        /// How long ended workflows stay to be looked at.
        var retention: Duration

        public init(
            lease: Duration = .seconds(30), poll: Duration = .seconds(1), retry: Duration = .milliseconds(500),
            longestRetry: Duration = .seconds(30), concurrency: Int = 32, retention: Duration = .seconds(86_400)
        ) {
            self.lease = lease
            self.poll = poll
            self.retry = retry
            self.longestRetry = longestRetry
            self.concurrency = concurrency
            self.retention = retention
        }
    }

    /// Where workflows are started and signalled.
    public let journal: WorkflowJournal
    private let store: any StateStore
    private let definitions: Mutex<[String: WorkflowDefinition]>
    private let book: LeaseBook
    private let time: TimeSource
    private let pace: Pace
    private let logger: Logger
    private let bell: Bell
    /// Workflows under way in `run`.
    private let running = Mutex(0)

    /// `owner` names this process in leases: unique among all that share the store.
    public init(
        store: any StateStore, definitions: [WorkflowDefinition] = [], owner: String, time: TimeSource = .system,
        pace: Pace = Pace(), logger: Logger
    ) {
        self.store = store
        self.definitions = Mutex(Dictionary(definitions.map { ($0.name, $0) }) { first, _ in first })
        self.time = time
        self.pace = pace
        self.logger = logger
        book = LeaseBook(owner: owner, length: pace.lease)
        let bell = Bell()
        self.bell = bell
        journal = WorkflowJournal(hint: { bell.ring() })
    }

    /// Makes a kind of workflow known; before that, its journals lie untouched.
    public func register(_ definition: WorkflowDefinition) {
        definitions.withLock { $0[definition.name] = definition }
        bell.ring()
    }

    /// Every kind of workflow that is known, by name.
    package var known: [WorkflowDefinition] { definitions.withLock { $0.values.sorted { $0.name < $1.name } } }

    /// Looks at the journal soon, because something was written to it.
    public func wake() { bell.ring() }

    /// Works until the surrounding task is cancelled or the service is told to shut down; lets go of what it holds.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.loop() }
    }

    /// Runs what is due now, and what becomes due by it, to its end or to where it waits.
    public func runDue() async {
        while !Task.isCancelled {
            let entries = await take(limit: pace.concurrency)
            if entries.isEmpty { return }
            await withDiscardingTaskGroup { group in
                for entry in entries { group.addTask { await self.work(entry) } }
            }
        }
    }

    private func loop() async {
        var pause = pace.poll
        var lastPrune: Timestamp?
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let room = pace.concurrency - self.running.withLock { $0 }
                let entries = room > 0 ? await take(limit: room) : []
                for entry in entries {
                    self.running.withLock { $0 += 1 }
                    group.addTask {
                        await self.work(entry)
                        self.running.withLock { $0 -= 1 }
                        self.bell.ring()
                    }
                }
                if lastPrune.map({ time.now().since($0) > .seconds(60) }) ?? true {
                    lastPrune = time.now()
                    await prune()
                }
                // A hint may come before the commit it speaks of: look again soon, then ever more seldom.
                pause = bell.take() ? .milliseconds(1) : min(pause * 2, pace.poll)
                await bell.wait(atMost: pause)
            }
        }
    }

    private func take(limit: Int) async -> [JournalEntry] {
        let names = definitions.withLock { Array($0.keys) }
        guard !names.isEmpty else { return [] }
        let now = time.now()
        do {
            guard try await store.read({ [book] in try book.hasDue(names, at: now, in: $0) }) else { return [] }
            return try await store.write { [book] in try book.take(names, limit: limit, at: now, in: $0) }
        } catch is LeaseLost {
            return []
        } catch {
            logger.warning("the journal cannot be read", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func prune() async {
        let moment = time.now() - pace.retention
        do {
            try await store.write { [book] in try book.prune(endedBefore: moment, in: $0) }
        } catch {
            logger.warning("ended workflows cannot be removed", metadata: ["error": "\(error)"])
        }
    }

    private func work(_ entry: JournalEntry) async {
        guard let definition = definitions.withLock({ $0[entry.definition] }) else { return }
        let run = WorkflowRun(
            definition: definition, store: store, book: book, time: time, pace: pace, logger: logger)
        await run.proceed(entry)
    }
}
