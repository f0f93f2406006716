import CoreMetrics
import Link
import Logging
import Model
public import ServiceLifecycle

/// The agent of one host: a shell, and parties that each answer for a sort of thing on the host. Everything it does can be
/// done again; either end may die at any time.
///
///     AgentLink.desiredStates ─┬─ work ──────▶ WorkRunner ─▶ party ─▶ AgentLink.finish
///                              ├─ sections ──▶ PartyFollower ─▶ party
///                              └─ nonce ─────▶ AgentLink.heartbeat
public final class HostAgent: ServiceLifecycle.Service, Sendable {
    private let shell: HostShell
    private let version: String
    private let parties: [any HostParty]
    private let followers: [PartyFollower]
    private let runner: WorkRunner
    private let gauges: AgentGauges

    /// - Parameters:
    ///   - version: the program's, for heartbeats
    ///   - parties: of two with one name the first one counts
    public init(_ shell: HostShell, version: String, parties: [any HostParty]) {
        var names: Set<Party> = []
        let parties = parties.filter { names.insert($0.party).inserted }
        self.shell = shell
        self.version = version
        self.parties = parties
        followers = parties.map { PartyFollower($0, wait: shell.wait, logger: shell.logger) }
        let gauges = AgentGauges(host: shell.host, factory: shell.metrics)
        self.gauges = gauges
        runner = WorkRunner(
            parties: parties, link: shell.link, keeper: shell.journal, lines: shell.lines, time: shell.time,
            wait: shell.wait, gauges: gauges, logger: shell.logger)
    }

    /// Works until the surrounding task is cancelled or the service is told to shut down. What the host has is not changed at
    /// the end, because it exists without its agent, too.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.followDesiredState() }
                for party in self.parties {
                    group.addTask { await self.run(party) }
                }
                await group.waitForAll()
            }
        }
        await runner.stop()
    }

    /// Applies each desired state that arrives, and proves its arrival with its nonce.
    private func followDesiredState() async {
        for await state in shell.link.desiredStates(after: 0) {
            await runner.want(state.work)
            await withTaskGroup(of: Void.self) { group in
                for follower in followers { group.addTask { await follower.want(state) } }
            }
            gauges.revision.record(state.revision)
            var heartbeat = Heartbeat(
                nonce: state.nonce, revision: state.revision, agentVersion: version, kinds: runner.kinds)
            for party in parties { party.sign(&heartbeat) }
            do {
                try await shell.link.heartbeat(heartbeat)
            } catch {
                shell.logger.debug("a heartbeat was not accepted", metadata: ["reason": "\(error)"])
                continue
            }
            await withTaskGroup(of: Void.self) { group in
                for follower in followers { group.addTask { await follower.accepted(state) } }
            }
        }
    }

    /// Runs a party, and runs it again when it fails.
    private func run(_ party: any HostParty) async {
        var pause = Pause()
        while !Task.isCancelled {
            do {
                return try await party.run()
            } catch {
                guard !Task.isCancelled else { return }
                shell.logger.error(
                    "a party of the agent failed; it begins anew",
                    metadata: ["party": "\(party.party)", "reason": "\(error)"])
            }
            do { try await shell.wait(pause.next()) } catch { return }
        }
    }
}
