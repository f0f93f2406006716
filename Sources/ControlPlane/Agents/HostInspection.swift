import Clients
import DeviceAgent
import Drivers
import FoundationEssentials
import Host
public import Model
import Services
public import Settings

/// This machine as the agent sees it, for operators.
public enum HostInspection {
    /// Writes a recording of the host whose `sys` and `proc` are in `root`. Throws 400 if the file cannot be written.
    public static func record(root: String, note: String, to file: String) throws(Fault) {
        let bytes = HostRecorder.record(root: SysfsRoot(path: root), note: note)
        do {
            try Data(bytes).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw .badRequest("The recording cannot be written to '\(file)'.")
        }
    }

    /// Shows the effect of changing the host's providers to `layout`, without changing them. Throws 400 for an unknown
    /// `layout`.
    public static func reshapePreview(
        _ settings: Settings, to layout: String?, recordedHost: String?
    ) async throws -> String {
        let host = try recordedHost.map { file throws(Fault) in try LocalHost.recorded(file) } ?? .this(settings.agent)
        let target = layout.map(ProviderLayout.init(rawValue:)) ?? ProviderLayout(settings.agent.layout)
        guard let target else {
            let names = ProviderLayout.allCases.map(\.rawValue).joined(separator: " and ")
            throw Fault.badRequest("'\(layout ?? "")' is no layout; there are \(names).")
        }
        let (options, _) = try DriverOptions.configured(settings, for: host)
        let enabled = try DriverRegistry.standard.enabled(settings.agent.drivers, options)
        var placement: (any PlacementClient)?
        var profiles: (any DeviceProfileUse)?
        if let session = try Authentication.session(settings.auth.keystone) {
            let neighbours = Neighbours(settings, session)
            placement = RESTPlacementClient(peer: neighbours.peer(.placement))
            profiles = RESTDeviceProfileUse(peer: neighbours.peer(.accelerator))
        }
        return try await LayoutPreview.text(
            host: host.name, root: host.root, drivers: enabled.drivers, to: target, placement: placement,
            profiles: profiles,
            rootProvider: settings.agent.resourceProviderName ?? host.name.text)
    }

    /// For each PCI device, whether `device_spec` offers it, and if not, why; then what each enabled driver offers, and
    /// which driver gets what two of them would offer.
    public static func match(_ settings: Settings, recordedHost: String?) async throws -> String {
        let host = try recordedHost.map { file throws(Fault) in try LocalHost.recorded(file) } ?? .this(settings.agent)
        let (options, _) = try DriverOptions.configured(settings, for: host)
        let enabled = try DriverRegistry.standard.enabled(settings.agent.drivers, options)
        let match = await HostMatch(host: host.name, root: host.root, drivers: enabled.drivers)
        let names = enabled.drivers.map(\.name).joined(separator: ", ")
        return match.explain(options.deviceSpecs).text + "\ndrivers: \(names)\n"
            + match.text(layout: .init(settings.agent.layout))
    }
}
