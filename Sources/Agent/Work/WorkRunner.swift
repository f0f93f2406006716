import CoreMetrics
import Link
import Logging
import Model

/// Does the work items of the desired state, whichever party's: one after another for the same subject, side by side otherwise.
///
///     wanted ──▶ begun (on disk) ──▶ party ──▶ outcome (on disk) ──▶ told ──▶ no longer wanted: forgotten
///
/// What parties do is idempotent, so an item that a crash interrupted is simply done again; one that was interrupted too
/// often is given up. An outcome is told until the control plane no longer wants the item. Work that no party knows is refused by
/// its name.
actor WorkRunner {
    private let parties: [Party: any HostParty]
    private let link: any AgentLink
    private let keeper: JournalKeeper
    private let lines: WorkLines
    private let time: TimeSource
    private let wait: Waiting
    private let gauges: AgentGauges
    private let logger: Logger
    /// Items under way, by id: each watches over the doing of one item and tells its outcome.
    private var running: [WorkItemID: Task<Void, Never>] = [:]
    /// Beginnings of one item after which it is thought to kill the agent.
    static let mostAttempts = 5
    private static let grace: Duration = .seconds(10)

    init(
        parties: [any HostParty], link: any AgentLink, keeper: JournalKeeper, lines: WorkLines, time: TimeSource,
        wait: @escaping Waiting, gauges: AgentGauges, logger: Logger
    ) {
        self.parties = Dictionary(parties.map { ($0.party, $0) }) { first, _ in first }
        self.link = link
        self.keeper = keeper
        self.lines = lines
        self.time = time
        self.wait = wait
        self.gauges = gauges
        self.logger = logger
    }

    /// All that this agent can do.
    nonisolated var kinds: WorkKinds { WorkKinds(parties.mapValues(\.kinds)) }

    /// Takes over what is wanted now. Work that is no longer wanted is broken off.
    func want(_ items: [WorkItem]) async {
        let wanted = Set(items.map(\.id))
        for (id, task) in running where !wanted.contains(id) { task.cancel() }
        let outcomes = await keeper.outcomes(of: wanted)
        for item in items where running[item.id] == nil {
            if let outcome = outcomes[item.id] {
                running[item.id] = telling(item, outcome)
            } else {
                begin(item)
            }
        }
        gauges.workItems.record(running.count)
    }

    /// Breaks everything off, and waits for the parties to return, but not for ever.
    func stop() async {
        let watchers = Array(running.values)
        let doings = lines.doings
        for task in watchers + doings { task.cancel() }
        for task in watchers { await task.value }
        let (ends, end) = AsyncStream<Never>.makeStream()
        let all = Task {
            for doing in doings { await doing.value }
            end.finish()
        }
        let timer = Task { [wait] in
            try? await wait(Self.grace)
            end.finish()
        }
        for await _ in ends {}
        timer.cancel()
        all.cancel()
    }

    /// The number of items in progress.
    var count: Int { running.count }

    private func begin(_ item: WorkItem) {
        do throws(UnknownWork) {
            guard let party = parties[item.party] else { throw .party(of: item) }
            start(item, try party.doing(item))
        } catch {
            running[item.id] = refusing(item, error)
        }
    }

    private func start(_ item: WorkItem, _ perform: @escaping HostParty.Doing) {
        let (outcomes, sink) = AsyncStream<WorkOutcome>.makeStream(bufferingPolicy: .bufferingOldest(1))
        let doing = lines.add(item.id, to: .init(party: item.party, name: item.subject)) {
            await self.attempt(item, perform)
        } ended: { outcome in
            if let outcome { sink.yield(outcome) }
            sink.finish()
        }
        running[item.id] = Task {
            let timer = Task {
                guard await deadlinePasses(of: item) else { return }
                sink.yield(.failed("It did not end before its deadline."))
            }
            // Ends without an outcome when it is broken off; if the item is wanted again, it begins anew.
            for await outcome in outcomes {
                timer.cancel()
                doing.cancel()
                await keeper.end(item.id, outcome)
                if await tell(item.id, outcome) { gauges.ended(item.kind, outcome) }
                break
            }
            timer.cancel()
            doing.cancel()
            ended(item.id)
        }
    }

    /// Nil when it was broken off.
    private func attempt(_ item: WorkItem, _ perform: HostParty.Doing) async -> WorkOutcome? {
        if let deadline = item.deadline, time.now().microseconds >= deadline {
            return .failed("The deadline had passed before it began.")
        }
        guard await keeper.begin(item.id) <= Self.mostAttempts else {
            return .failed("The agent ended \(Self.mostAttempts) times while it was being done.")
        }
        return await perform()
    }

    private func telling(_ item: WorkItem, _ outcome: WorkOutcome) -> Task<Void, Never> {
        Task {
            if await tell(item.id, outcome) { gauges.ended(item.kind, outcome) }
            ended(item.id)
        }
    }

    private func refusing(_ item: WorkItem, _ unknown: UnknownWork) -> Task<Void, Never> {
        logger.warning(
            "work is refused, for this agent is of an earlier release than the control plane",
            metadata: ["item": "\(item.id)", "what": "\(unknown.title)"])
        return Task {
            _ = await tell(
                item.id,
                .failed("The host's agent does not know \(unknown.title); it is of an earlier release. Upgrade it."))
            ended(item.id)
        }
    }

    private func ended(_ item: WorkItemID) {
        running[item] = nil
        gauges.workItems.record(running.count)
    }

    /// False if the wait was cancelled.
    private func deadlinePasses(of item: WorkItem) async -> Bool {
        guard let deadline = item.deadline else { return false }
        while !Task.isCancelled {
            let rest = Duration.microseconds(deadline - time.now().microseconds)
            if rest <= .zero { return true }
            // The clock may be set meanwhile, and a deadline may lie years ahead.
            do { try await wait(min(rest, .seconds(3600))) } catch { return false }
        }
        return false
    }

    /// Whether it was taken.
    private func tell(_ item: WorkItemID, _ outcome: WorkOutcome) async -> Bool {
        var pause = Pause()
        for _ in 1...6 where !Task.isCancelled {
            do {
                try await link.finish(item, outcome)
                return true
            } catch {
                logger.warning(
                    "an outcome was not accepted; it is sent again",
                    metadata: ["item": "\(item)", "reason": "\(error)"])
                if error.kind == .notFound { return false }
            }
            do { try await wait(pause.next()) } catch { return false }
        }
        // The next line of the stream still holds the item, and then it is told again.
        return false
    }
}
