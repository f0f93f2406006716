import Agent
import Drivers
import FoundationEssentials
import Host
public import Model
public import Settings

/// This machine as the agent sees it, for operators.
public enum HostInspection {
    /// Writes a recording of the host whose `sys` and `proc` lie in `root`. Throws 400 where the file cannot be written.
    public static func record(root: String, note: String, to file: String) throws(Fault) {
        let bytes = HostRecorder.record(root: SysfsRoot(path: root), note: note)
        do {
            try Data(bytes).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw .badRequest("The recording cannot be written to '\(file)'.")
        }
    }

    /// For each PCI device whether `device_spec` offers it, and why not; then what each enabled driver offers, and which of
    /// two has what both would.
    public static func match(_ settings: Settings, recordedHost: String?) async throws -> String {
        let host = try recordedHost.map { file throws(Fault) in try LocalHost.recorded(file) } ?? .this(settings.agent)
        let (options, _) = try DriverOptions.configured(settings, for: host)
        let enabled = try DriverRegistry.standard.enabled(settings.agent.drivers, options)
        let specs = DeviceSpecReport.explain(options.deviceSpecs, on: HostSnapshot(host.root), host: host.name).text
        let drivers = await HostMatch.text(
            host: host.name, root: host.root, drivers: enabled.drivers, layout: .init(settings.agent.layout))
        let names = enabled.drivers.map(\.name).joined(separator: ", ")
        return specs + "\ndrivers: \(names)\n" + drivers
    }
}
