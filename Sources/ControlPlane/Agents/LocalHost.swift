import FoundationEssentials
import Host
import Model
import Settings

/// A host whose agent runs in this process: this machine, or a recorded one.
struct LocalHost: Sendable {
    let name: HostName
    let root: SysfsRoot
    /// Runs drivers' programs on it; nil for the default of its root.
    var commands: (any CommandRunner)?
    /// Its kernel's events about devices; nil for the default of its root.
    var events: AsyncStream<HostEvent>?

    static func this(_ settings: AgentSettings) -> LocalHost {
        LocalHost(
            name: HostName(settings.host ?? ProcessName.host()), root: SysfsRoot(path: settings.sysfsRoot))
    }

    /// Throws 400 if the file is not a recording.
    static func recorded(_ file: String) throws(Fault) -> LocalHost {
        do {
            let host = try RecordedHost(file: file)
            return LocalHost(name: host.hostName, root: host.root, commands: host.commands)
        } catch {
            throw .badRequest("The recorded host '\(file)' cannot be used: \(error)")
        }
    }
}
