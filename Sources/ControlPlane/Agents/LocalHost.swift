import FoundationEssentials
import Host
import Model
import Settings

/// A host whose agent runs in this process: this machine, or a recorded one.
struct LocalHost: Sendable {
    let name: HostName
    let root: SysfsRoot
    /// What drivers run on it; nil is what suits the root.
    var commands: (any CommandRunner)?
    /// What its kernel says of devices that come and go; nil is what suits the root.
    var events: AsyncStream<HostEvent>?

    static func this(_ settings: AgentSettings) -> LocalHost {
        LocalHost(
            name: HostName(settings.host ?? ProcessName.host()), root: SysfsRoot(path: settings.sysfsRoot))
    }

    /// Throws 400 where the file is no recording.
    static func recorded(_ file: String) throws(Fault) -> LocalHost {
        do {
            let host = try RecordedHost(file: file)
            return LocalHost(name: host.hostName, root: host.root, commands: host.commands)
        } catch {
            throw .badRequest("The recorded host '\(file)' cannot be used: \(error)")
        }
    }
}
