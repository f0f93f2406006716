import Agent
import CoreMetrics
import Drivers
import Host
import Link
import Logging
import Model

extension DeviceParty {
    /// Looks at the host when that is requested, and once per interval.
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
                if refusal != nil { logger.notice("the host's report is accepted again") }
                refusal = nil
                await intent.have(ordered, isComplete: findings.isComplete, room: room, asked: asked)
                pause.reset()
                await intent.waitForScan(atMost: options.scanInterval)
            } catch {
                gauges.isReported.record(0)
                if !Task.isCancelled, error.kind != refusal?.kind || error.message != refusal?.message {
                    logger.warning(
                        "the host's report was not accepted; it is sent again", metadata: ["reason": "\(error.reason)"])
                    refusal = error
                }
                await intent.waitForScan(atMost: min(pause.next(), options.scanInterval))
            }
        }
    }

    /// How long an outcome waits until Placement has been updated for what was done to the host, so that the next
    /// scheduling after a bind or a release sees what fits. If Placement or the control plane cannot be reached, the
    /// bind succeeds nevertheless.
    static let followLimit: Duration = .seconds(45)

    /// Looks at the host soon after its kernel reports that devices appeared or disappeared; once for a burst of
    /// events.
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
                for problem in problems { logger.warning("Placement does not match this host: \(problem)") }
                if problems.isEmpty { logger.info("Placement holds what the host has") }
                told = problems
            }
            if outcome.problems.isEmpty { pause.reset() }
            let rest = outcome.problems.isEmpty ? options.scanInterval : min(pause.next(), options.scanInterval)
            await intent.waitForWish(after: wish.revision, atMost: rest)
        }
    }

    /// Limits the conditions of a host with many devices: it reports the first ones, and how many more there are.
    private static func few(_ conditions: [HostCondition]) -> [HostCondition] {
        let most = 20
        guard let first = conditions.first, conditions.count > most else { return conditions }
        return conditions.prefix(most - 1) + [
            HostCondition(
                first.kind, first.subject, "\(conditions.count - most + 1) more providers are not as they should be.")
        ]
    }
}
