import API
import Drivers
import Host
import Link
import Model
import Synchronization
import TestAgent
import TestPlacement
import TestWatched
import Testing

@testable import Agent
@testable import DeviceAgent

/// What was prepared is prepared again after the host was started anew, and only then; a device for one use stays back.
@Suite(.timeLimit(.minutes(30))) struct RestoringTests {
    private let isRefusing: Switch
    private let driver: ScriptedDriver
    private let disk = MemoryDisk()
    private let handle = IDSource.random.next() as AttachHandleID

    private final class Switch: Sendable {
        let value = Mutex(false)
    }

    init() {
        let isRefusing = Switch()
        self.isRefusing = isRefusing
        driver = ScriptedDriver(devices: [device("h1_a")]) { _, _ throws(DriverFault) in
            if isRefusing.value.withLock({ $0 }) { throw DriverFault("There is no such parent.") }
        }
    }

    private func item(_ kind: DeviceWork.Kind, info: [String: String] = ["name": "h1_a"]) -> DeviceWork {
        DeviceWork(
            id: IDSource.random.next(), kind: kind, handle: handle, attachment: Attachment(.mdev, info),
            controlPath: device("h1_a").controlPath, driver: "scripted", request: nil, deadline: Int64.max / 2)
    }

    private func run(boot: String, _ work: [DeviceWork], until count: Int) async throws -> ScriptedLink.Heard {
        let tree = MemoryTree()
        tree.file("/proc/sys/kernel/random/boot_id", boot + "\n")
        let link = ScriptedLink()
        let agent = try DeviceParty(
            discoverer: Discoverer(host: "h1", root: SysfsRoot(tree), drivers: [driver]), link: link,
            placement: MemoryPlacement(),
            options: .init(rootProvider: "h1", makesRootProvider: true),
            partitioner: nil, disk: disk, time: .system, ids: .random, wait: quick, metrics: MetricsRegistry(),
            logger: quiet)
        return await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await agent.alone() }
            await link.heard.until { $0.streams > 0 }
            link.send(work)
            await link.heard.until { $0.reports.count == 1 && $0.finished.count == work.count }
            await driver.state.until { $0.orders.count >= count }
            group.cancelAll()
            return link.heard.value
        }
    }

    @Test func preparedAgainAfterAReboot() async throws {
        _ = try await run(boot: "one", [item(.prepare)], until: 1)
        #expect(driver.state.value.orders.map(\.kind) == [.prepare])
        // The agent's own restart is no reason.
        _ = try await run(boot: "one", [], until: 1)
        #expect(driver.state.value.orders.count == 1)
        _ = try await run(boot: "two", [], until: 2)
        #expect(driver.state.value.orders.map(\.kind) == [.prepare, .prepare])
        #expect(driver.state.value.orders.allSatisfy { $0.handle == handle })
        _ = try await run(boot: "two", [item(.withdraw)], until: 3)
        _ = try await run(boot: "three", [], until: 3)
        #expect(driver.state.value.orders.map(\.kind) == [.prepare, .prepare, .withdraw])
    }

    @Test func whatCannotBePreparedYetIsDueUntilItCanAlsoAfterTheAgentEnded() async throws {
        _ = try await run(boot: "one", [item(.prepare)], until: 1)
        isRefusing.value.withLock { $0 = true }
        // Its parent is not there yet; the agent asks again at its next look.
        _ = try await run(boot: "two", [], until: 2)
        isRefusing.value.withLock { $0 = false }
        let tried = driver.state.value.orders.count
        _ = try await run(boot: "two", [], until: tried + 1)
        #expect(driver.state.value.orders.count == tried + 1)
        _ = try await run(boot: "two", [], until: tried + 1)
        #expect(driver.state.value.orders.count == tried + 1)
        #expect(driver.state.value.orders.allSatisfy { $0.kind == .prepare && $0.handle == handle })
    }

    @Test func whatADeviceLostWhileItWasGoneIsPreparedAgainWhenItIsBack() async throws {
        _ = try await run(boot: "one", [item(.prepare)], until: 1)
        driver.state.change { $0.devices = [] }
        isRefusing.value.withLock { $0 = true }
        _ = try await run(boot: "one", [], until: 2)
        driver.state.change { $0.devices = [device("h1_a")] }
        isRefusing.value.withLock { $0 = false }
        let tried = driver.state.value.orders.count
        _ = try await run(boot: "one", [], until: tried + 1)
        #expect(driver.state.value.orders.count == tried + 1)
        _ = try await run(boot: "one", [item(.withdraw)], until: tried + 2)
        #expect(driver.state.value.orders.last?.kind == .withdraw)
    }

    @Test func aDeviceForOneUseIsHeldBackAfterItWasCleaned() async throws {
        let heard = try await run(boot: "one", [item(.clean, info: ["one_time_use": "true"])], until: 1)
        guard let reason = heard.finished.first?.outcome.failure else {
            return #expect(Bool(false), "\(heard.finished)")
        }
        #expect(reason.contains("for one use and was cleaned"))
        #expect(driver.state.value.orders.map(\.kind) == [.clean])
    }
}
