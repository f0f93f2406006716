import FoundationEssentials
import Glibc

/// What this process is called where several share a database.
enum ProcessName {
    /// Host, process and a random part: no two processes ever share it.
    static func unique() -> String {
        "\(host()).\(getpid()).\(UUID().uuidString.prefix(8).lowercased())"
    }

    /// The name this machine gives itself.
    static func host() -> String {
        ProcessInfo.processInfo.hostName
    }
}
