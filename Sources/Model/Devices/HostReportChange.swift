/// The difference between two reports of a host: devices that are new or changed, and devices that are gone.
public struct HostReportChange: Sendable, Codable, Equatable {
    /// A device, by its key in reports.
    public struct DeviceKey: Sendable, Codable, Hashable {
        public var driver: String
        public var controlPath: String

        public init(driver: String, controlPath: String) {
            self.driver = driver
            self.controlPath = controlPath
        }

        public init(_ device: DeviceReport) {
            self.init(driver: device.driver, controlPath: device.controlPath)
        }
    }

    /// The generation of the report to which the change applies; equal to `generation` if nothing differs.
    public var base: Int64
    public var generation: Int64
    /// New and changed devices, each complete.
    public var devices: [DeviceReport]
    public var gone: [DeviceKey]
    /// All drivers.
    public var drivers: [DriverReport]
    /// All conditions.
    public var conditions: [HostCondition]

    public init(
        base: Int64, generation: Int64, devices: [DeviceReport] = [], gone: [DeviceKey] = [],
        drivers: [DriverReport] = [], conditions: [HostCondition] = []
    ) {
        self.base = base
        self.generation = generation
        self.devices = devices
        self.gone = gone
        self.drivers = drivers
        self.conditions = conditions
    }

    /// The change from `old` to `new`. Nil if the complete report must be sent: no device is unchanged, or a driver
    /// failed, of whose devices the receiver may know more than `old` contains.
    public init?(from old: HostReport, to new: HostReport) {
        let before = Dictionary(old.devices.map { (DeviceKey($0), $0) }) { first, _ in first }
        let after = Set(new.devices.map { DeviceKey($0) })
        let changed = new.devices.filter { before[DeviceKey($0)] != $0 }
        guard changed.count < new.devices.count, after.count == new.devices.count,
            old.drivers.allSatisfy({ $0.failure == nil })
        else { return nil }
        self.init(
            base: old.generation, generation: new.generation, devices: changed,
            gone: before.keys.filter { !after.contains($0) }.sorted {
                ($0.driver, $0.controlPath) < ($1.driver, $1.controlPath)
            }, drivers: new.drivers, conditions: new.conditions)
    }
}

extension HostReport {
    /// The report after `change` was applied.
    package func applying(_ change: HostReportChange) -> HostReport {
        guard change.generation != change.base else { return self }
        var changed = Dictionary(change.devices.map { (HostReportChange.DeviceKey($0), $0) }) { first, _ in first }
        let gone = Set(change.gone)
        var devices: [DeviceReport] = []
        for device in self.devices {
            let key = HostReportChange.DeviceKey(device)
            if let new = changed.removeValue(forKey: key) {
                devices.append(new)
            } else if !gone.contains(key) {
                devices.append(device)
            }
        }
        devices += change.devices.filter { changed[HostReportChange.DeviceKey($0)] != nil }
        return HostReport(
            generation: change.generation, devices: devices, drivers: change.drivers, conditions: change.conditions)
    }
}
