import CoreMetrics
import Drivers
import Logging
import Model

extension DeviceParty {
    /// Examines the devices once per interval, starting after the first look at the host.
    func watchHealth() async {
        while !Task.isCancelled {
            await intent.waitForExamination(atMost: options.healthInterval)
            guard !Task.isCancelled else { return }
            let (before, words) = (await health.sick, await health.words)
            let devices = await keeper.state.devices
            await health.examine(discoverer.drivers.flatMap { devices[$0.name] ?? [] })
            let sick = await health.sick
            gauges.sick.record(await health.sickCount)
            guard sick != before else {
                if await health.words != words { await intent.askForScan() }
                continue
            }
            for device in sick where !before.contains(device) {
                logger.error(
                    "a device is withdrawn",
                    metadata: ["device": "\(device.controlPath)", "reason": "\(device.reason)"])
            }
            for device in before where !sick.contains(where: { $0.controlPath == device.controlPath }) {
                logger.notice("a device is well again", metadata: ["device": "\(device.controlPath)"])
            }
            await keeper.change { state in state.sick = sick }
            await intent.withdraw(Set(sick.flatMap(\.providers)))
            // The report says so, too.
            await intent.askForScan()
        }
    }
}
