import Model

extension ReportIntake {
    /// A host's report, complete or only the differences.
    struct News: Sendable {
        let generation: Int64
        var devices: [DeviceReport]
        /// Devices that no longer exist; nil if that is every device that is not in `devices`.
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

        /// Names of the recorded deployables that the report does not mention: they are unchanged.
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
