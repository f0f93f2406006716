import CoreMetrics
import Drivers
import Host
import Link
import Logging
import Model

extension HostAgent {
    /// Takes over each line that comes down, and proves by its nonce that it came.
    func followDesiredState() async {
        for await state in link.desiredStates(after: 0) {
            await runner.want(state.work)
            let wanted = state.sections[.devices].map { DeviceSection($0) } ?? DeviceSection()
            if let wanted {
                await intent.withhold(wanted.withheld, by: state.revision)
            } else {
                logger.error("what the control plane wants withheld is not understood; it stays as it was")
            }
            gauges.revision.record(state.revision)
            // What was known before this line: told first, for the line may come of a database that was set back.
            let known = await keeper.state.certificates
            do {
                try await link.heartbeat(
                    Heartbeat(
                        nonce: state.nonce, revision: state.revision, agentVersion: options.version,
                        certificates: known, kinds: runner.kinds))
                if let told = wanted?.certificates, told != known, told.number >= known?.number ?? 0 {
                    await keeper.change { state in state.certificates = told }
                }
            } catch {
                logger.debug("a heartbeat was not taken", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Looks at the host when it is asked to and once an interval.
    func lookAround() async {
        var pause = Pause()
        var told = Told()
        var refusal: Fault?
        while !Task.isCancelled {
            let asked = await intent.asked
            let findings = await look(&told)
            await intent.looked()
            do {
                let found = await health.annotated(findings.all)
                let layout = try await settleLayout(
                    found, isComplete: findings.isComplete, drivers: findings.drivers, conditions: findings.conditions)
                let devices = await arranged(found, layout.layout)
                let conditions = findings.conditions + layout.conditions + (await intent.placementConditions)
                try await regroup(devices, layout.layout, drivers: findings.drivers, conditions: conditions)
                let room = SharedRoom(
                    findings.pools, of: found, in: devices, prepared: await keeper.state.prepared)
                let ordered = room.ordered(devices, of: found)
                await intent.lose(allBut: ordered)
                try await reporter.report(
                    devices: ordered, drivers: findings.drivers, conditions: conditions)
                gauges.isReported.record(1)
                if refusal != nil { logger.notice("the host's report is taken again") }
                refusal = nil
                await intent.have(ordered, isComplete: findings.isComplete, room: room, asked: asked)
                pause.reset()
                await intent.waitForScan(atMost: options.scanInterval)
            } catch {
                gauges.isReported.record(0)
                if !Task.isCancelled, error.kind != refusal?.kind || error.message != refusal?.message {
                    logger.warning(
                        "the host's report was not taken; it is sent again", metadata: ["reason": "\(error.reason)"])
                    refusal = error
                }
                await intent.waitForScan(atMost: min(pause.next(), options.scanInterval))
            }
        }
    }

    /// How long an outcome waits for Placement to follow what was done to the host, so that whoever schedules after a bind or a release finds
    /// what fits by then. Where Placement or the control plane cannot be reached, no bind fails for it.
    static let followLimit: Duration = .seconds(45)

    /// Looks at the host soon after its kernel said that devices came or went; once for a swarm of events.
    func hearKernel() async {
        let events: AsyncStream<HostEvent>
        do {
            events = try HostEvents.stream()
        } catch {
            return logger.notice(
                "the kernel's events cannot be heard; devices that come and go are found at the next interval",
                metadata: ["reason": "\(error)"])
        }
        await hear(events)
    }

    func hear(_ events: AsyncStream<HostEvent>) async {
        let swarm = Bell(wait: wait)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    await swarm.wait(atMost: .seconds(3600))
                    // Devices come in swarms: a card and its functions, each with its driver.
                    do { try await self.wait(.milliseconds(500)) } catch { return }
                    await self.intent.askForScan()
                }
            }
            for await _ in events {
                self.gauges.events.increment()
                swarm.ring()
            }
            group.cancelAll()
        }
    }

    /// What was said in the log, so that it is said when it changes and not every minute.
    struct Told {
        var notes: Set<String> = []
        var failures: [String: String] = [:]
        /// Why what the host lost is not prepared again, by handle.
        var unrestored: [String: String] = [:]
        var conditions: Set<HostCondition> = []
        /// Whether devices were divided, and what they have read back, since the agent's start.
        var hasSettled = false
    }

    private func look(_ told: inout Told) async -> Findings {
        let before = await keeper.state.devices
        let clock = ContinuousClock()
        let start = clock.now
        var look = await discoverer.look(before: before)
        var partitions: [HostCondition] = []
        if let partitioner, !told.hasSettled || partitioner.isUnsettled(look.snapshot) {
            let outcomes = await settle(partitioner)
            told.hasSettled = told.hasSettled || outcomes.isKnown
            partitions = outcomes.conditions
            if outcomes.isChanged { look = await discoverer.look(before: before) }
        }
        // After that: what was prepared may be on what was divided.
        if await restorePrepared(before: before, found: look.findings.devices, &told) {
            look = await discoverer.look(before: before)
        }
        if HeldUnits.isChanged(look.findings, since: before) {
            HeldUnits.settle(&look.findings, since: before, holdings: (try? await link.holdings())?.holdings)
        }
        if !look.findings.pools.isEmpty {
            let all = look.findings.all
            let room = SharedRoom(look.findings.pools, of: all, in: all, prepared: await keeper.state.prepared)
            look.findings.devices = look.findings.devices.mapValues { room.counted($0) }
        }
        let (found, conditions) = (look.findings, partitions)
        let waits = (options.pending?.waiting ?? []).map { path in
            HostCondition(.held, PendingWrites.subject(of: path), "\(PendingWrites.title(of: path)).")
        }
        let findings = await keeper.change { state in
            var findings = found
            GroupWatch.settle(&findings, &state.groups)
            findings.conditions += conditions + waits
            return findings
        }
        gauges.lookSeconds.record((clock.now - start) / .seconds(1))
        gauges.looks.increment()
        gauges.leftOut.record(findings.notes.count)
        let devices = findings.devices
        await keeper.change { state in state.devices = devices }
        gauges.isDurable.record(await keeper.isDurable ? 1 : 0)
        tell(findings, &told)
        return findings
    }

    private func tell(_ findings: Findings, _ told: inout Told) {
        let notes = Set(findings.notes.map(\.description))
        for note in notes.subtracting(told.notes).sorted() { logger.info("\(note)") }
        told.notes = notes
        let conditions = Set(findings.conditions)
        for condition in findings.conditions where !told.conditions.contains(condition) {
            logger.warning(
                "\(condition.reason)",
                metadata: ["condition": "\(condition.kind.rawValue)", "subject": "\(condition.subject)"])
        }
        told.conditions = conditions
        for driver in findings.drivers {
            gauges.found(findings.devices[driver.name]?.count ?? 0, by: driver)
            if let failure = driver.failure, failure != told.failures[driver.name] {
                logger.error("a driver fails", metadata: ["driver": "\(driver.name)", "reason": "\(failure)"])
            } else if driver.failure == nil, told.failures[driver.name] != nil {
                logger.info("a driver works again", metadata: ["driver": "\(driver.name)"])
            }
            told.failures[driver.name] = driver.failure
        }
    }

    /// Makes Placement what it should be when that changes and once an interval, for others write to it, too.
    func keepPlacement() async {
        var pause = Pause()
        var told: [String] = []
        while await intent.wish(after: 0) != nil {
            let reconciled = await turn.run {
                () async -> (Intent.Wish, [WantedProvider], PlacementReconciler.Outcome)? in
                // While another had the turn, all may have changed.
                guard let wish = await intent.currentWish else { return nil }
                let (wanted, unfit) = WantedProvider.all(of: wish.devices, withheld: wish.withheld)
                var outcome = await reconciler.reconcile(
                    wanted, isComplete: wish.isComplete, room: wish.room, withheld: wish.withheld)
                outcome.problems = unfit + outcome.problems
                outcome.conditions =
                    unfit.map { HostCondition(.placement, options.rootProvider, $0) } + outcome.conditions
                return (wish, wanted, outcome)
            }
            guard let (wish, wanted, outcome) = reconciled else { continue }
            await intent.place(wish.seen)
            let problems = outcome.problems
            gauges.providers.record(wanted.count)
            gauges.withheld.record(wanted.count { $0.isWithheld })
            gauges.lingering.record(outcome.lingering.count)
            gauges.placementProblems.record(problems.count)
            if !Task.isCancelled { await intent.tell(ofPlacement: Self.few(outcome.conditions)) }
            if problems != told, !Task.isCancelled {
                for problem in problems { logger.warning("Placement is not what it should be: \(problem)") }
                if problems.isEmpty { logger.info("Placement holds what the host has") }
                told = problems
            }
            if outcome.problems.isEmpty { pause.reset() }
            let rest = outcome.problems.isEmpty ? options.scanInterval : min(pause.next(), options.scanInterval)
            await intent.waitForWish(after: wish.revision, atMost: rest)
        }
    }

    /// A host with a thousand devices says what ails the first, and how many more.
    private static func few(_ conditions: [HostCondition]) -> [HostCondition] {
        let most = 20
        guard let first = conditions.first, conditions.count > most else { return conditions }
        return conditions.prefix(most - 1) + [
            HostCondition(
                first.kind, first.subject, "\(conditions.count - most + 1) more providers are not as they should be.")
        ]
    }
}
