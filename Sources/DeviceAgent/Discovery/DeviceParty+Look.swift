import Agent
import CoreMetrics
import Drivers
import Host
import Link
import Logging
import Model

/// One step of a look at the host.
struct LookStage: Sendable {
    let name: String
    let run: @Sendable (DeviceParty, inout DeviceParty.Sight, inout DeviceParty.Told) async -> Void
}

extension DeviceParty {
    /// What a look has come to so far.
    struct Sight: Sendable {
        /// What the look before this one found, by driver.
        let before: [String: [DeviceReport]]
        var findings: Findings
        var snapshot: HostSnapshot
        /// What an operator should know beside what the findings say.
        var remarks: [HostCondition] = []
    }

    /// What was said in the log, so that it is said when it changes and not every minute.
    struct Told: Sendable {
        var notes: Set<String> = []
        var failures: [String: String] = [:]
        /// Why what the host lost is not prepared again, by handle.
        var unrestored: [String: String] = [:]
        var conditions: Set<HostCondition> = []
        /// Whether devices were divided, and what they have read back, since the agent's start.
        var hasSettled = false
    }

    /// After the drivers have looked, in this order: each goes on from what those before it found, and did to the host.
    static let stages = [
        LookStage(name: "divide devices") { agent, sight, told in await agent.divide(&sight, &told) },
        // What was prepared may be on what was divided.
        LookStage(name: "prepare again what is lost") { agent, sight, told in await agent.restore(&sight, &told) },
        LookStage(name: "name what was loaded") { agent, sight, _ in await agent.nameLoaded(&sight) },
        LookStage(name: "keep what is held") { agent, sight, _ in await agent.keepHeld(&sight) },
        LookStage(name: "count what is shared") { agent, sight, _ in await agent.countShared(&sight) },
        LookStage(name: "watch groups") { agent, sight, _ in await agent.watchGroups(&sight) },
        LookStage(name: "name writes that wait") { agent, sight, _ in agent.nameWaitingWrites(&sight) },
    ]

    func look(_ told: inout Told) async -> Findings {
        let clock = ContinuousClock()
        let start = clock.now
        let before = await keeper.state.devices
        let first = await discoverer.look(before: before)
        var sight = Sight(before: before, findings: first.findings, snapshot: first.snapshot)
        for stage in Self.stages {
            let begin = clock.now
            await stage.run(self, &sight, &told)
            logger.trace(
                "a stage of the look ended",
                metadata: ["stage": "\(stage.name)", "seconds": "\((clock.now - begin) / .seconds(1))"])
        }
        sight.findings.conditions += sight.remarks
        let findings = sight.findings
        gauges.lookSeconds.record((clock.now - start) / .seconds(1))
        gauges.looks.increment()
        gauges.leftOut.record(findings.notes.count)
        let devices = findings.devices
        await keeper.change { state in state.devices = devices }
        let (isStateDurable, isWorkDurable) = (await keeper.isDurable, await shell.isDurable)
        gauges.isDurable.record(isStateDurable && isWorkDurable ? 1 : 0)
        tell(findings, &told)
        return findings
    }

    // MARK: Stages

    private func lookAgain(_ sight: inout Sight) async {
        let look = await discoverer.look(before: sight.before)
        sight.findings = look.findings
        sight.snapshot = look.snapshot
    }

    private func divide(_ sight: inout Sight, _ told: inout Told) async {
        guard let partitioner, !told.hasSettled || partitioner.isUnsettled(sight.snapshot) else { return }
        let outcomes = await settle(partitioner)
        told.hasSettled = told.hasSettled || outcomes.isKnown
        sight.remarks += outcomes.conditions
        if outcomes.isChanged { await lookAgain(&sight) }
    }

    private func restore(_ sight: inout Sight, _ told: inout Told) async {
        guard await restorePrepared(before: sight.before, found: sight.findings.devices, &told) else { return }
        await lookAgain(&sight)
    }

    private func nameLoaded(_ sight: inout Sight) async {
        let loaded = await keeper.state.loaded
        guard !loaded.isEmpty else { return }
        sight.findings.devices = sight.findings.devices.mapValues { LoadedLogic.named($0, loaded) }
    }

    private func keepHeld(_ sight: inout Sight) async {
        guard HeldUnits.isChanged(sight.findings, since: sight.before) else { return }
        HeldUnits.settle(&sight.findings, since: sight.before, holdings: (try? await link.holdings())?.holdings)
    }

    private func countShared(_ sight: inout Sight) async {
        guard !sight.findings.pools.isEmpty else { return }
        let all = sight.findings.all
        let room = SharedRoom(sight.findings.pools, of: all, in: all, prepared: await keeper.state.prepared)
        sight.findings.devices = sight.findings.devices.mapValues { room.counted($0) }
    }

    private func watchGroups(_ sight: inout Sight) async {
        let found = sight.findings
        sight.findings = await keeper.change { state in
            var findings = found
            GroupWatch.settle(&findings, &state.groups)
            return findings
        }
    }

    private func nameWaitingWrites(_ sight: inout Sight) {
        sight.remarks += (options.pending?.waiting ?? []).map { path in
            HostCondition(.held, PendingWrites.subject(of: path), "\(PendingWrites.title(of: path)).")
        }
    }

    // MARK: The log

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
}
