import API
import Clients
import Drivers
import Foundation
import Link
import Model
import TestAgent
import TestPlacement
import TestWatched
import Testing

@testable import DeviceAgent
@testable import Host

/// The whole agent of a recorded host, with a Placement in memory and a control plane that the test plays.
@Suite(.timeLimit(.minutes(30))) struct DevicePartyTests {
    @Test func theMachineIsReportedAndOffered() async throws {
        let world = HostWorld()
        let recorded = try fixture("two-socket")
        let specs = try DeviceSpec.list(json: #"[{"vendor_id":"10de","product_id":"20b5"}]"#)
        try await world.run(
            [PCIDriver(DriverOptions(root: recorded.root, deviceSpecs: specs)), FakeDriver()], on: recorded.root
        ) { _ in
            world.link.send(revision: 4)
            let names = ["0000:23:00.0", "0000:82:10.0", "0000:82:10.1", "0000:82:10.2", "0000:82:10.3"].map {
                "h1_\($0)"
            }
            await world.placementHolds(Set(names + ["h1_FakeDevice"]))
            let heard = await world.link.heard.until { !$0.heartbeats.isEmpty }
            let kinds = WorkKinds([.devices: ["prepare", "withdraw", "clean", "fetch", "program"]])
            #expect(heard.heartbeats == [Heartbeat(nonce: "nonce-4", revision: 4, agentVersion: "1", kinds: kinds)])
            let report = try #require(heard.reports.first)
            #expect(report.devices.map(\.driver) == Array(repeating: "pci", count: 5) + ["fake"])
            #expect(report.drivers.map(\.name) == ["pci", "fake"] && report.drivers.allSatisfy { $0.failure == nil })
            #expect(report.drivers.map(\.supportLevel) == ["supported", "supported"])
            #expect(report.drivers.allSatisfy { $0.since == "1.0" && $0.evidence?.isEmpty == false })
            let fake = world.placement.state.value.providers[ProviderNames.identifier(ofProvider: "h1_FakeDevice")]
            #expect(fake?.inventories == [.fpga: Inventory(total: 16, maxUnit: 16)])
            #expect(fake?.traits == [Trait(unchecked: "CUSTOM_FAKE_DEVICE")])
            let text = world.metrics.text()
            for line in [
                "kilonova_agent_devices{driver=\"pci\",host=\"h1\"} 5.0",
                "kilonova_agent_driver_failing{driver=\"fake\",host=\"h1\"} 0.0",
                "kilonova_agent_desired_revision{host=\"h1\"} 4.0", "kilonova_agent_state_durable{host=\"h1\"} 1.0",
                "kilonova_agent_report_taken{host=\"h1\"} 1.0",
            ] { #expect(text.contains(line), "\(line)") }
        }
    }

    @Test func aCardThatIsPulledAndPutBack() async throws {
        let world = HostWorld()
        let (recorded, whole) = (try fixture("two-socket"), try fixture("two-socket"))
        let tree = recorded.tree
        let address = "0000:82:10.1"
        let folder = try recorded.root.destination(of: "/sys/bus/pci/devices/\(address)")
        let specs = try DeviceSpec.list(json: #"[{"vendor_id":"10de","product_id":"20b5"}]"#)
        let all = Set(
            ["0000:23:00.0", "0000:82:10.0", "0000:82:10.1", "0000:82:10.2", "0000:82:10.3"].map { "h1_\($0)" })
        try await world.run([PCIDriver(DriverOptions(root: recorded.root, deviceSpecs: specs))], on: recorded.root) {
            agent in
            world.link.send()
            await world.placementHolds(all)
            // A server holds the card when it is pulled.
            let id = ProviderNames.identifier(ofProvider: "h1_\(address)")
            let consumer = ConsumerID(UUID())
            world.placement.state.change { state in
                let held = state.providers[id]?.inventories.keys.min() ?? .fpga
                state.providers[id]?.allocations[consumer] = [held: 1]
                state.providers[id]?.generation += 1
            }
            tree.remove("/sys/bus/pci/devices/\(address)")
            tree.remove(folder)
            await agent.rescan()
            await world.link.heard.until { $0.reports.last?.devices.count == 4 }
            await world.placement.state.until { state in
                state.providers[id]?.inventories.values.allSatisfy { $0.reserved == 1 } ?? false
            }
            // The server lets go.
            world.placement.state.change { $0.providers[id]?.allocations = [:] }
            await agent.rescan()
            for path in whole.tree.paths where path.hasPrefix(folder + "/") {
                if let node = whole.tree.node(at: path) { tree.put(node, at: path) }
            }
            tree.link(
                "/sys/bus/pci/devices/\(address)", to: "../../../" + folder.dropFirst("/sys/".count))
            await agent.rescan()
            await world.link.heard.until { $0.reports.last?.devices.count == 5 }
            await world.placement.state.until { state in
                state.providers[id]?.inventories.values.allSatisfy { $0.reserved == 0 } ?? false
            }
            await world.placementHolds(all)
        }
    }

    @Test func aDriverThatFailsKeepsItsDevicesAndStopsNobody() async throws {
        let world = HostWorld()
        let (bad, good) = (
            ScriptedDriver("bad", devices: [device("h1_bad", driver: "bad")]),
            ScriptedDriver("good", devices: [device("h1_good", driver: "good")])
        )
        try await world.run([bad, good], on: HostWorld.empty) { agent in
            world.link.send()
            await world.placementHolds(["h1_bad", "h1_good"])
            bad.state.change { $0.failure = DriverFault("The library is gone.") }
            good.state.change { $0.devices.append(device("h1_new", driver: "good")) }
            await agent.rescan()
            await world.placementHolds(["h1_bad", "h1_good", "h1_new"])
            // A look that was under way when the driver began to fail may have found the new device as well.
            let heard = await world.link.heard.until { $0.reports.last?.drivers.first?.failure != nil }
            let report = try #require(heard.reports.last)
            #expect(report.drivers.map(\.failure) == ["The library is gone.", nil])
            #expect(report.devices.map(\.driver) == ["bad", "good", "good"])
        }
        // A restart while it still fails.
        let later = HostWorld(disk: world.disk)
        later.placement.state.change { $0 = world.placement.state.value }
        try await later.run([bad, good], on: HostWorld.empty) { _ in
            later.link.send()
            await later.link.heard.until { $0.reports.last?.devices.count == 3 }
            good.state.change { $0.devices.removeLast() }
        }
        #expect(later.names(later.placement.state.value).contains("h1_bad"))
    }

    /// What an operator disabled is not offered for a moment by an agent that starts.
    @Test func nothingIsWrittenBeforeItIsKnownWhatIsWithheld() async throws {
        let world = HostWorld()
        let driver = ScriptedDriver(devices: [device("h1_a", accelerators: 4)])
        let id = ProviderNames.identifier(ofProvider: "h1_a")
        try await world.run([driver], on: HostWorld.empty) { agent in
            await world.link.heard.until { !$0.reports.isEmpty }
            await agent.rescan()
            await driver.state.until { $0.looks == 2 }
            #expect(world.placement.state.value.calls.isEmpty)
            world.link.send(disabled: [id])
            await world.placement.state.until { $0.providers[id]?.inventories[.fpga]?.reserved == 4 }
            world.link.send(revision: 2)
            await world.placement.state.until { $0.providers[id]?.inventories[.fpga]?.reserved == 0 }
        }
    }

    /// The control plane is away when a device vanishes: it is withdrawn all the same. One that appears waits.
    @Test func lossesDoNotWaitForTheControlPlane() async throws {
        let world = HostWorld()
        let driver = ScriptedDriver(devices: [device("h1_a"), device("h1_b")])
        try await world.run([driver], on: HostWorld.empty) { agent in
            world.link.send()
            await world.placementHolds(["h1_a", "h1_b"])
            world.link.refuse(.unavailable("Away."))
            driver.state.change { $0.devices = [device("h1_b"), device("h1_c")] }
            await agent.rescan()
            await world.placementHolds(["h1_b"])
            world.link.refuse(nil)
            await world.placementHolds(["h1_b", "h1_c"])
        }
    }

    @Test func aListThatCannotBeReadIsNoProofOfAbsence() async throws {
        let world = HostWorld()
        let recorded = try fixture("two-socket")
        let specs = try DeviceSpec.list(json: #"[{"vendor_id":"10de","product_id":"20b5"}]"#)
        try await world.run([PCIDriver(DriverOptions(root: recorded.root, deviceSpecs: specs))], on: recorded.root) {
            agent in
            world.link.send()
            // One report says how the devices are.
            let before = await world.link.heard.until { heard in
                heard.reports.last?.devices.allSatisfy { $0.facts["health"] == "well" } == true
            }.reports
            let report = try #require(before.last)
            recorded.tree.remove("/sys/bus/pci/devices")
            recorded.tree.put(.unreadable, at: "/sys/bus/pci/devices")
            await agent.rescan()
            let heard = await world.link.heard.until { $0.reports.count > before.count }
            #expect(heard.reports[before.count].devices == report.devices)
            #expect(heard.reports[before.count].drivers[0].failure?.contains("/sys/bus/pci/devices") == true)
        }
    }

    @Test func ofTwoDriversThatFindOneDeviceTheFirstHasIt() async throws {
        let world = HostWorld()
        let (first, second) = (
            ScriptedDriver("first", devices: [device("h1_a", driver: "first", path: "x")]),
            ScriptedDriver(
                "second",
                devices: [
                    device("h1_other", driver: "second", path: "x"), device("h1_a", driver: "second", path: "y"),
                    device("h1_b", driver: "second"),
                ])
        )
        try await world.run([first, second], on: HostWorld.empty) { _ in
            world.link.send()
            await world.placementHolds(["h1_a", "h1_b"])
            let report = world.link.heard.value.reports[0]
            #expect(report.devices.map(\.controlPath) == ["x", "{\"device\": \"h1_b\"}"])
            #expect(report.devices.map(\.deployables.count) == [1, 1])
        }
    }

    @Test func aReportThatIsTooOldRisesAboveTheOneThatWasSeen() async throws {
        let world = HostWorld()
        let driver = ScriptedDriver(devices: [device("h1_a")])
        let seen = Int64.max / 2
        world.link.refuse(
            Fault(.conflict, "old", headers: [.init("Kilonova-Report-Generation", "\(seen)")]))
        try await world.run([driver], on: HostWorld.empty) { _ in
            await driver.state.until { $0.looks > 1 }
            world.link.refuse(nil)
            let heard = await world.link.heard.until { !$0.reports.isEmpty }
            #expect(heard.reports[0].generation > seen)
        }
    }

    @Test func workIsDoneThroughTheDriver() async throws {
        let world = HostWorld()
        let driver = ScriptedDriver(devices: [device("h1_a")])
        let item = DeviceWork(
            id: WorkItemID(UUID()), kind: .prepare, handle: AttachHandleID(UUID()),
            attachment: Attachment(.mdev, [:]), controlPath: "{}", driver: "scripted", request: nil, deadline: .max / 4)
        try await world.run([driver], on: HostWorld.empty) { _ in
            world.link.send([item])
            await world.link.heard.until { $0.finished == [.init(item: item.id, outcome: .done)] }
        }
        #expect(driver.state.value.orders == [.init(kind: .prepare, handle: item.handle)])
    }

    /// Sick twice in a row and it is withdrawn, also over a restart; well three times and it is offered again.
    @Test func aSickDeviceIsWithdrawnUntilItIsWell() async throws {
        let world = HostWorld()
        let driver = ScriptedDriver(devices: [device("h1_a"), device("h1_b", driver: "none")])
        let id = ProviderNames.identifier(ofProvider: "h1_a")
        driver.state.change { $0.health = DeviceHealth(.sick, reason: "Spare blocks are used up.") }
        @Sendable func examine(_ agent: DeviceParty, until count: Int) async {
            while driver.state.value.examinations < count {
                await agent.intent.askForExamination()
                await Task.yield()
            }
        }
        try await world.run([driver], on: HostWorld.empty) { agent in
            world.link.send()
            await examine(agent, until: 2)
            await world.placement.state.until { $0.providers[id]?.inventories[.fpga]?.reserved == 1 }
            // A report from between the two looks may still call it well.
            let heard = await world.link.heard.until {
                $0.reports.last?.devices[0].facts["health"] == "withdrawn: Spare blocks are used up."
            }
            #expect(heard.reports.last?.devices[1].facts["health"] == nil)
        }
        let later = HostWorld(disk: world.disk)
        let before = driver.state.value.examinations
        driver.state.change { $0.health = DeviceHealth(.well) }
        try await later.run([driver], on: HostWorld.empty) { agent in
            later.link.send()
            await later.placement.state.until { $0.providers[id]?.inventories[.fpga]?.reserved == 1 }
            await examine(agent, until: before + 3)
            await later.placement.state.until { $0.providers[id]?.inventories[.fpga]?.reserved == 0 }
            await later.link.heard.until { $0.reports.last?.devices[0].facts["health"] == "well" }
        }
    }

    @Test func devicesAreDividedBeforeTheyAreReported() async throws {
        let world = HostWorld()
        let recorded = try fixture("two-socket")
        let address = try #require(PCIAddress("0000:82:00.0"))
        let specs = try DeviceSpec.list(json: #"[{"vendor_id":"10de","product_id":"20b5"}]"#)
        let partitioner = Partitioner(
            [PartitionWish(address: address, virtualFunctions: 2)], control: HostControl(recorded.root, wait: quick),
            commands: recorded.commands)
        try await world.run(
            [PCIDriver(DriverOptions(root: recorded.root, deviceSpecs: specs))], on: recorded.root,
            partitioner: partitioner
        ) { _ in
            let heard = await world.link.heard.until { !$0.reports.isEmpty }
            #expect(
                heard.reports[0].devices.flatMap(\.deployables).map(\.name) == [
                    "h1_0000:23:00.0", "h1_0000:82:10.0", "h1_0000:82:10.1",
                ])
        }
    }

    /// What somebody holds stays as it is divided, also while nobody can say so; it is divided when its holder lets go.
    @Test func whatIsHeldIsDividedWhenItIsLetGo() async throws {
        let world = HostWorld()
        let recorded = try fixture("two-socket")
        let address = try #require(PCIAddress("0000:82:00.0"))
        let virtual = try #require(PCIAddress("0000:82:10.2"))
        let specs = try DeviceSpec.list(json: #"[{"vendor_id":"10de","product_id":"20b5"}]"#)
        let partitioner = Partitioner(
            [PartitionWish(address: address, virtualFunctions: 2)], control: HostControl(recorded.root, wait: quick),
            commands: recorded.commands)
        let held = HandleHolding(
            instance: IDSource.random.next(), provider: ProviderNames.identifier(ofProvider: "h1_0000:82:10.2"),
            driver: "pci", info: virtual.attachInfo)
        world.link.held.change { $0 = [held] }
        try await world.run(
            [PCIDriver(DriverOptions(root: recorded.root, deviceSpecs: specs))], on: recorded.root,
            partitioner: partitioner
        ) { agent in
            let heard = await world.link.heard.until { !$0.reports.isEmpty }
            #expect(heard.reports[0].devices.count == 5)
            let condition = heard.reports[0].conditions.first { $0.kind == .partition }
            #expect(
                condition?.reason.contains("0000:82:10.2 may be in a guest's hands: the control plane says") == true)
            #expect(HostSnapshot(recorded.root).function(at: address)?.sriov?.enabled == 4)
            world.link.held.change { $0 = [] }
            await agent.rescan()
            let later = await world.link.heard.until { $0.reports.last?.devices.count == 3 }
            #expect(later.reports.last?.conditions.contains { $0.kind == .partition } == false)
        }
    }

    /// Looks that find the host as it was ask nothing of Placement and tell the control plane nothing.
    @Test func anUnchangedPassWritesNothingToAnyone() async throws {
        let world = HostWorld()
        let recorded = try fixture("two-socket")
        let specs = try DeviceSpec.list(json: #"[{"vendor_id":"10de","product_id":"20b5"}]"#)
        let witness = ScriptedDriver("witness")
        try await world.run(
            [PCIDriver(DriverOptions(root: recorded.root, deviceSpecs: specs)), FakeDriver(), witness],
            on: recorded.root
        ) { agent in
            world.link.send()
            let names = ["0000:23:00.0", "0000:82:10.0", "0000:82:10.1", "0000:82:10.2", "0000:82:10.3"].map {
                "h1_\($0)"
            }
            await world.placementHolds(Set(names + ["h1_FakeDevice"]))
            await world.link.heard.until { !$0.heartbeats.isEmpty }
            // Beside the first report, one says how the devices are.
            let heard = await world.link.heard.until { heard in
                heard.reports.last?.devices.contains { $0.facts["health"] == "well" } == true
            }
            // Until Placement has taken that in, looks are not counted.
            var (calls, quiet, looks) = (0, 0, witness.state.value.looks)
            while quiet < 3, looks < 200 {
                await agent.intent.askForScan()
                looks = await witness.state.until { [looks] in $0.looks > looks }.looks
                let now = world.placement.state.value.calls.count
                (calls, quiet) = (now, now == calls ? quiet + 1 : 0)
            }
            for pass in 1...20 {
                // Every other look reads the host anew.
                if pass.isMultiple(of: 2) { await agent.rescan() } else { await agent.intent.askForScan() }
                looks = await witness.state.until { [looks] in $0.looks > looks }.looks
            }
            #expect(world.placement.state.value.calls.count == calls)
            #expect(world.link.heard.value.reports.count == heard.reports.count)
            #expect(world.link.heard.value.heartbeats.count == heard.heartbeats.count)
            #expect(world.link.heard.value.finished.isEmpty)
        }
    }

    @Test func aSwarmOfTheKernelsEventsIsALook() async throws {
        let world = HostWorld()
        let driver = ScriptedDriver(devices: [device("h1_a")])
        try await world.run([driver], on: HostWorld.empty) { agent in
            await driver.state.until { $0.looks == 1 }
            let (events, kernel) = AsyncStream<HostEvent>.makeStream()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await agent.hear(events) }
                let event = HostEvent(
                    Array("add@/devices/x\0ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=pci\0".utf8))
                for _ in 0..<8 { if let event { kernel.yield(event) } }
                await driver.state.until { $0.looks >= 2 }
                group.cancelAll()
            }
        }
    }
}
