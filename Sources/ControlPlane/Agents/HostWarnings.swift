import Logging
import Model

/// Warnings about agents' configuration. Each is logged once, with the hosts that it concerns.
struct HostWarnings {
    private var entries: [(text: String, hosts: [HostName])] = []

    mutating func add(_ text: String, of host: HostName) {
        guard let place = entries.firstIndex(where: { $0.text == text }) else {
            return entries.append((text, [host]))
        }
        if !entries[place].hosts.contains(host) { entries[place].hosts.append(host) }
    }

    func log(_ logger: Logger) {
        for (text, hosts) in entries {
            logger.warning("\(text)", metadata: ["host": "\(hosts.map(\.text).joined(separator: " "))"])
        }
    }
}
