import CoreMetrics
import Drivers
import Link
import Logging
import Model

/// Does the work items of the desired state: one after another for the same handle, side by side otherwise.
///
///     wanted ──▶ begun (on disk) ──▶ driver ──▶ outcome (on disk) ──▶ told ──▶ no longer wanted: forgotten
///
/// Drivers' orders are idempotent, so an item that a crash interrupted is simply done again; one that was interrupted too
/// often is given up. An outcome is told until the control plane no longer wants the item.
actor WorkRunner {
    private let drivers: [String: any Driver]
    private let link: any AgentLink
    private let keeper: StateKeeper
    private let time: TimeSource
    private let wait: Waiting
    private let gauges: AgentGauges
    private let logger: Logger
    /// Called when something was done to the host.
    private let acted: @Sendable () -> Void
    /// Waited for when something was done that changes what else fits, before the outcome is told.
    private let shared: @Sendable () async -> Void
    /// Items under way, by id: each watches over the doing of one item and tells its outcome.
    private var running: [WorkItemID: Task<Void, Never>] = [:]
    /// The last doing for each handle, for the order among its items. It may outlive its item, for a driver cannot be forced.
    private var lines: [AttachHandleID: (item: WorkItemID?, doing: Task<Void, Never>)] = [:]
    /// Beginnings of one item after which it is thought to kill the agent.
    static let mostAttempts = 5
    private static let grace: Duration = .seconds(10)

    init(
        drivers: [any Driver], link: any AgentLink, keeper: StateKeeper, time: TimeSource, wait: @escaping Waiting,
        gauges: AgentGauges, logger: Logger, acted: @escaping @Sendable () -> Void = {},
        shared: @escaping @Sendable () async -> Void = {}
    ) {
        self.shared = shared
        self.drivers = Dictionary(drivers.map { ($0.name, $0) }) { first, _ in first }
        self.link = link
        self.keeper = keeper
        self.time = time
        self.wait = wait
        self.gauges = gauges
        self.logger = logger
        self.acted = acted
    }

    /// Takes over what is wanted now. Work that is no longer wanted is broken off.
    ///
    /// - Parameter foreign: work of later releases, which is refused by its name
    func want(_ items: [WorkItem], foreign: [ForeignWork] = []) async {
        let wanted = Set(items.map(\.id) + foreign.map(\.id))
        for (id, task) in running where !wanted.contains(id) { task.cancel() }
        let outcomes = await keeper.outcomes(of: wanted)
        for item in items where running[item.id] == nil {
            switch outcomes[item.id] {
            case .done: running[item.id] = telling(item, .done)
            case .cleaned(let report): running[item.id] = telling(item, .cleaned(report))
            case .failed(let reason): running[item.id] = telling(item, .failed(reason))
            case nil: start(item)
            }
        }
        for item in foreign where running[item.id] == nil { running[item.id] = refusing(item) }
        gauges.workItems.record(running.count)
    }

    /// Breaks everything off, and waits for the drivers to return, but not for ever.
    func stop() async {
        let watchers = Array(running.values)
        let doings = lines.values.map(\.doing)
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

    /// Prepares again what the host lost, unless it was withdrawn meanwhile; throws where the host cannot have it now.
    ///
    /// - Returns: false while work for the handle is under way, which goes first
    func restore(_ handle: AttachHandleID) async throws(DriverFault) -> Bool {
        guard lines[handle] == nil else { return false }
        let doing = Task { () async -> DriverFault? in
            guard let prepared = await keeper.state.prepared["\(handle)"], let driver = drivers[prepared.driver] else {
                return nil
            }
            do throws(DriverFault) {
                try await driver.restore(prepared.order(handle))
            } catch {
                return error
            }
            logger.notice("a handle was prepared again, for the host had lost it", metadata: ["handle": "\(handle)"])
            return nil
        }
        // In line with the handle's work items: none of them begins meanwhile.
        lines[handle] = (nil, Task { _ = await doing.value })
        let fault = await doing.value
        if let line = lines[handle], line.item == nil { lines[handle] = nil }
        if let fault { throw fault }
        return true
    }

    /// Items under way.
    var count: Int { running.count }

    private func start(_ item: WorkItem) {
        let before = lines[item.handle]?.doing
        let (outcomes, sink) = AsyncStream<WorkOutcome>.makeStream(bufferingPolicy: .bufferingOldest(1))
        let doing = Task {
            await before?.value
            if !Task.isCancelled, let outcome = await perform(item) { sink.yield(outcome) }
            sink.finish()
            doingEnded(item)
        }
        lines[item.handle] = (item.id, doing)
        running[item.id] = Task {
            let timer = Task {
                guard await deadlinePasses(of: item) else { return }
                sink.yield(.failed("It did not end before its deadline."))
            }
            // Ends without an outcome when it is broken off; if the item is wanted again, it begins anew.
            for await outcome in outcomes {
                timer.cancel()
                doing.cancel()
                await keeper.end(item.id, outcome.end)
                if await tell(item.id, outcome) { gauges.ended(item.kind, outcome) }
                break
            }
            timer.cancel()
            doing.cancel()
            ended(item.id)
        }
    }

    private func telling(_ item: WorkItem, _ outcome: WorkOutcome) -> Task<Void, Never> {
        Task {
            if await tell(item.id, outcome) { gauges.ended(item.kind, outcome) }
            ended(item.id)
        }
    }

    private func refusing(_ item: ForeignWork) -> Task<Void, Never> {
        logger.warning(
            "work is refused, for this agent is of an earlier release than the control plane",
            metadata: ["item": "\(item.id)", "what": "\(item.title)"])
        return Task {
            _ = await tell(
                item.id,
                .failed("The host's agent does not know \(item.title); it is of an earlier release. Upgrade it."))
            ended(item.id)
        }
    }

    private func ended(_ item: WorkItemID) {
        running[item] = nil
        gauges.workItems.record(running.count)
    }

    private func doingEnded(_ item: WorkItem) {
        if lines[item.handle]?.item == item.id { lines[item.handle] = nil }
    }

    /// False when it was not waited for.
    private func deadlinePasses(of item: WorkItem) async -> Bool {
        while !Task.isCancelled {
            let rest = Duration.microseconds(item.deadline - time.now().microseconds)
            if rest <= .zero { return true }
            // The clock may be set meanwhile, and a deadline may lie years ahead.
            do { try await wait(min(rest, .seconds(3600))) } catch { return false }
        }
        return false
    }

    /// Nil when it was broken off.
    private func perform(_ item: WorkItem) async -> WorkOutcome? {
        guard time.now().microseconds < item.deadline else {
            return .failed("The deadline had passed before it began.")
        }
        guard let driver = drivers[item.driver] else {
            return .failed("No driver '\(item.driver)' runs on this host.")
        }
        guard await keeper.begin(item.id) <= Self.mostAttempts else {
            return .failed("The agent ended \(Self.mostAttempts) times while it was being done.")
        }
        let order = HandleOrder(
            handle: item.handle, type: item.handleType, info: item.handleInfo, controlPath: item.controlPath)
        var pause = Pause()
        defer { acted() }
        while !Task.isCancelled {
            var outcome = WorkOutcome.done
            do {
                switch item.kind {
                case .prepare: try await driver.prepare(order)
                case .withdraw: try await driver.withdraw(order)
                case .clean:
                    let record = try await driver.clean(order)
                    say(record, of: item)
                    outcome = .cleaned(record)
                }
                await note(item)
                // A unit of what several types share: what is left of the others is another number now.
                if item.handleInfo["asked_type"] != nil { await shared() }
                if item.kind == .clean, item.handleInfo["one_time_use"] == "true" {
                    // The failure keeps it from the next tenant; an operator's release of the handle ends that.
                    return .failed("It is for one use and was cleaned; release the attach handle to offer it again.")
                }
                return outcome
            } catch {
                // What passes by itself is tried again until the deadline.
                guard error.isTransient else { return Task.isCancelled ? nil : .failed(error.text) }
                logger.notice(
                    "work could not be done yet", metadata: ["item": "\(item.id)", "reason": "\(error.text)"])
            }
            do { try await wait(pause.next()) } catch { return nil }
        }
        return nil
    }

    /// What the host must have again after its next start.
    private func note(_ item: WorkItem) async {
        let key = "\(item.handle)"
        let prepared = PreparedHandle(
            driver: item.driver, type: item.handleType, info: item.handleInfo, controlPath: item.controlPath)
        await keeper.change { state in state.prepared[key] = item.kind == .prepare ? prepared : nil }
    }

    /// What was done to remove a tenant's traces, for whoever has to prove it.
    private func say(_ record: CleaningRecord, of item: WorkItem) {
        var metadata: Logger.Metadata = [
            "item": "\(item.id)", "handle": "\(item.handle)", "methods": "\(record.methods.joined(separator: ", "))",
            "verification": "\(record.verification)", "begun": "\(record.begun.isoZulu)",
            "ended": "\(record.ended.isoZulu)",
        ]
        for (key, value) in record.device { metadata["device_\(key)"] = "\(value)" }
        logger.notice("a device was cleaned", metadata: metadata)
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
                    "an outcome was not taken; it is told again",
                    metadata: ["item": "\(item)", "reason": "\(error)"])
                if error.kind == .notFound { return false }
            }
            do { try await wait(pause.next()) } catch { return false }
        }
        // The next line of the stream still holds the item, and then it is told again.
        return false
    }
}

extension WorkOutcome {
    fileprivate var end: WorkEnd {
        switch self {
        case .done: .done
        case .cleaned(let report): .cleaned(report)
        case .failed(let reason): .failed(reason)
        }
    }
}
