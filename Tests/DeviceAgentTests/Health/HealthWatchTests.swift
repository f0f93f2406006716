import Drivers
import Model
import TestWatched
import Testing

@testable import DeviceAgent

@Suite struct HealthWatchTests {
    private let driver = ScriptedDriver()
    private let devices = [device("h1_a"), device("h1_b")]

    private func look(_ watch: HealthWatch, _ state: DeviceHealth.State, times: Int, at devices: [DeviceReport]) async {
        driver.state.change { $0.health = DeviceHealth(state, reason: state == .well ? nil : "it \(state)") }
        for _ in 0..<times { await watch.examine(devices) }
    }

    @Test func whatCannotBeAskedChangesNothing() async {
        let watch = HealthWatch(drivers: [driver], known: [], ids: .random)
        await look(watch, .unknown, times: 5, at: devices)
        await watch.examine([])
        await watch.examine(devices)
        #expect(await watch.sick.isEmpty)
        #expect(await watch.annotated(devices) == devices)
    }

    @Test func aDriveThatComesAndGoesIsNotTrustedAtOnce() async {
        let watch = HealthWatch(drivers: [driver], known: [], ids: .random)
        await look(watch, .well, times: 1, at: devices)
        await look(watch, .well, times: 1, at: [devices[1]])
        #expect(await watch.sick.map(\.controlPath) == [devices[0].controlPath])
        #expect(await watch.sickCount == 0)
        await look(watch, .well, times: 2, at: devices)
        #expect(await watch.sick.map(\.providers) == [[devices[0].deployables[0].resourceProvider]])
        #expect(await watch.sickCount == 1)
        await look(watch, .well, times: 1, at: devices)
        #expect(await watch.sick.isEmpty)
    }

    @Test func whatWasWithdrawnStaysSoOverARestartUntilItIsWell() async {
        let first = HealthWatch(drivers: [driver], known: [], ids: .random)
        await look(first, .sick, times: 2, at: devices)
        let known = await first.sick
        #expect(known.count == 2)
        let second = HealthWatch(drivers: [driver], known: known, ids: .random)
        #expect(await second.sick == known)
        // One of them was taken out meanwhile.
        await look(second, .sick, times: 1, at: [devices[0]])
        #expect(await second.sick == [known[0]])
        await look(second, .worn, times: 3, at: [devices[0]])
        #expect(await second.sick.isEmpty)
        #expect(await second.annotated([devices[0]])[0].facts["health"] == "worn: it worn")
    }
}
