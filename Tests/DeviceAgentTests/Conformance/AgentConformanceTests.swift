import API
import Drivers
import Foundation
import Host
import Link
import Model
import TestAgent
import TestPlacement
import TestWatched
import Testing

@testable import Agent
@testable import DeviceAgent

/// What holds for every driver of the table when the real agent hosts it, on every recorded host: it is discovered, partitioned,
/// reported, offered, prepared, cleaned, withdrawn, and all is as before. A new driver is in it by its row.
@Suite(.timeLimit(.minutes(30))) struct AgentConformanceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let driver: String
        let host: String
        var testDescription: String { "\(driver) on \(host)" }
    }

    static let cases =
        DriverRegistry.standard.entries.filter { $0.support.level != .removed }.flatMap { entry in
            ["two-socket", "vgpu", "vendors"].map { Case(driver: entry.name, host: $0) }
        } + [Case(driver: "example", host: "two-socket")]

    private static let repository = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")

    /// Options under which every driver offers what it can.
    private static func options(_ recorded: RecordedHost) throws -> DriverOptions {
        let everything = try DeviceSpec.list(json: "{}")
        var types: [PCIAddress: [String]] = [:]
        for (text, type) in [("0000:82:00.0", "nvidia-475"), ("0000:c1:00.4", "558"), ("0000:c1:00.5", "575")] {
            if let address = PCIAddress(text) { types[address, default: []].append(type) }
        }
        return DriverOptions(
            root: recorded.root, deviceSpecs: everything, fake: FakeOptions(devices: 2),
            nvme: NVMeOptions(deviceSpecs: everything, samples: 16), mdev: MdevOptions(specs: [MdevSpec()]),
            nvidia: NvidiaOptions(types: types), nic: NICOptions(networks: ["eth2": "physnet1"]),
            external: [
                try ExternalSpec(name: "example", program: "\(repository)/Fixtures/drivers/example_driver.py")
            ], control: HostControl(recorded.root, wait: quick), commands: recorded.commands)
    }

    /// What of a report must be the same after a device's life: all but what was learned by asking.
    private func shape(_ devices: [DeviceReport]) -> [DeviceReport] {
        devices.map { device in
            var device = device
            for key in device.facts.keys where key.hasPrefix("health") { device.facts[key] = nil }
            return device
        }
    }

    /// Waits until Placement holds these devices as they are, with nothing withheld that has room.
    private func settled(_ placement: MemoryPlacement, _ devices: [DeviceReport]) async -> [String: Int] {
        let deployables = devices.flatMap(\.deployables)
        let state = await placement.state.until { state in
            let own = state.providers.values.filter { $0.parent != nil }
            // Where there is no device, too, the host's own provider comes first.
            return own.count == deployables.count && own.count < state.providers.count
                && deployables.allSatisfy { deployable in
                    let inventory = state.providers[deployable.resourceProvider]?.inventories.values.first
                    return inventory?.total == max(1, deployable.accelerators)
                        && (inventory?.reserved == 0) == (deployable.accelerators > 0)
                        && state.providers[deployable.resourceProvider]?.traits.isEmpty == false
                }
        }
        return Dictionary(
            state.providers.values.map { ($0.name, $0.inventories.values.first?.total ?? 0) }
        ) { first, _ in first }
    }

    private func outcome(of item: DeviceWork, _ link: ScriptedLink, _ revision: Int64) async -> WorkOutcome? {
        link.send(revision: revision, [item])
        return await link.heard.until { $0.finished.contains { $0.item == item.id } }.finished.first {
            $0.item == item.id
        }?.outcome
    }

    /// Prepares, withdraws and cleans the first handle of each kind of device, one after another.
    private func useHandles(
        _ devices: [DeviceReport], _ link: ScriptedLink, _ revision: inout Int64
    ) async throws {
        var seen: Set<String> = []
        let handles = devices.flatMap { device in
            device.deployables.compactMap { deployable in
                deployable.handles.first.map { (device, deployable, $0) }
            }
        }
        for (device, deployable, handle) in handles
        where seen.insert("\(device.type) \(deployable.resourceClass)").inserted && seen.count <= 3 {
            let id: AttachHandleID = IDSource.random.next()
            func perform(_ kind: DeviceWork.Kind) async -> WorkOutcome? {
                revision += 1
                return await outcome(
                    of: DeviceWork(
                        id: IDSource.random.next(), kind: kind, handle: id, attachment: handle.attachment,
                        controlPath: device.controlPath, driver: device.driver, request: nil,
                        deadline: .max / 4), link, revision)
            }
            if handle.needsPreparation {
                let outcome = await perform(.prepare)
                // One that another device of the recording leaves no room for says so.
                if deployable.accelerators > 0 { #expect(outcome == .done, "\(deployable.name)") }
                #expect(await perform(.withdraw) == .done)
                _ = await perform(.prepare)
            }
            guard handle.needsCleaning else {
                if handle.needsPreparation { _ = await perform(.withdraw) }
                continue
            }
            switch try await perform(.clean).map({ try DeviceOutcome($0) }) {
            case .cleaned(let report): #expect(!report.methods.isEmpty && !report.device.isEmpty)
            case .failed(let reason): #expect(reason.hasSuffix(".") && reason.count > 20, "\(reason)")
            case .done, .programmed, nil: Issue.record("\(deployable.name): a cleaning without a record")
            }
        }
    }

    /// Three looks: the first may have begun before, the second is of now, and is reported before the third begins.
    private func lookAgain(_ agent: DeviceParty, _ witness: ScriptedDriver) async {
        for _ in 1...3 {
            let looks = witness.state.value.looks
            await agent.rescan()
            await witness.state.until { $0.looks > looks }
        }
    }

    @Test(arguments: cases) func aDevicesWholeLife(one: Case) async throws {
        let recorded = try fixture(one.host)
        let options = try Self.options(recorded)
        let enabled = try DriverRegistry.standard.drivers(named: [one.driver], options: options)
        let (link, placement, witness) = (ScriptedLink(), MemoryPlacement(), ScriptedDriver("witness"))
        // The card of QuickAssist is to have three functions in place of eight, where there is one.
        let qat = try #require(PCIAddress("0000:24:00.0"))
        let isDivided = one.host == "two-socket"
        let partitioner = Partitioner(
            isDivided ? [PartitionWish(address: qat, virtualFunctions: 3)] : [], control: options.control,
            commands: options.commands)
        let agent = try DeviceParty(
            discoverer: Discoverer(host: "h1", root: recorded.root, drivers: enabled.drivers + [witness]),
            link: link,
            placement: placement,
            options: .init(rootProvider: "h1", makesRootProvider: true),
            partitioner: partitioner, disk: MemoryDisk(), time: .system, ids: .random, wait: quick,
            metrics: MetricsRegistry(), logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await agent.alone() }
            await link.heard.until { $0.streams > 0 }
            link.send(revision: 1)
            let report = try #require(await link.heard.until { !$0.reports.isEmpty }.reports.first)
            #expect(report.drivers.map(\.name) == [one.driver, "witness"] && report.drivers[0].failure == nil)
            #expect(report.drivers[0].supportLevel == (enabled.warnings.isEmpty ? "supported" : "experimental"))
            if isDivided {
                let count = HostSnapshot(recorded.root).function(at: qat)?.sriov?.enabled
                #expect(count == 3 && !report.conditions.contains { $0.kind == .partition })
                if one.driver == "intel_qat" { #expect(report.devices.flatMap(\.deployables).count == 3) }
            }
            let before = await settled(placement, report.devices)

            var revision: Int64 = 1
            try await useHandles(report.devices, link, &revision)
            revision += 1
            link.send(revision: revision)
            let count = link.heard.value.reports.count
            await lookAgain(agent, witness)
            // Nothing may be different; a report that says otherwise would come before Placement is right again.
            let after = await settled(placement, report.devices)
            #expect(after == before)
            let last = link.heard.value.reports.dropFirst(count - 1).last ?? report
            #expect(shape(last.devices) == shape(report.devices), "the host is as it was")
            group.cancelAll()
        }
    }
}
