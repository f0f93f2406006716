import FoundationEssentials
import Glibc

/// The name of this process among those that share a database.
enum ProcessName {
    /// Host, process id and a random part, so that no two processes have the same name.
    static func unique() -> String {
        "\(host()).\(getpid()).\(UUID().uuidString.prefix(8).lowercased())"
    }

    /// This machine's host name.
    static func host() -> String {
        ProcessInfo.processInfo.hostName
    }
}
