import Model

extension ReportIntake {
    /// What a host says, whole or only what differs.
    struct News: Sendable {
        let generation: Int64
        var devices: [DeviceReport]
        /// What is no longer there; nil where that is everything that is not in `devices`.
        let gone: Set<ReportedInventory.DeviceKey>?
        let drivers: [DriverReport]
        let conditions: [HostCondition]

        init(_ report: HostReport) {
            generation = report.generation
            devices = report.devices
            gone = nil
            drivers = report.drivers
            conditions = report.conditions
        }

        init(_ change: HostReportChange) {
            generation = change.generation
            devices = change.devices
            gone = Set(change.gone.map { .init(driver: $0.driver, controlPath: $0.controlPath) })
            drivers = change.drivers
            conditions = change.conditions
        }

        /// Whether a device that is not in `devices` is no longer there.
        func isGone(_ key: ReportedInventory.DeviceKey) -> Bool { gone?.contains(key) ?? true }

        /// Names of the deployables on record of which nothing is said: they are as they were.
        func untouched(of record: ReportedInventory) -> Set<String> {
            guard let gone else { return [] }
            let said = Set(devices.map { ReportedInventory.DeviceKey(driver: $0.driver, controlPath: $0.controlPath) })
            var names: Set<String> = []
            for (key, device) in record.devices where !said.contains(key) && !gone.contains(key) {
                names.formUnion(device.deployables.keys)
            }
            return names
        }
    }
}
