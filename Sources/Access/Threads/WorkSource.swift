import NIOCore

/// The origin of work, and the unit of fairness: an IPv4 address, or the network of 64 bits of an IPv6 address, which
/// is what one customer gets.
public struct WorkSource: Hashable, Sendable, CustomStringConvertible {
    /// The address or network in its shortest form.
    public let description: String

    /// Reads the address from a connection or a trusted proxy: `192.0.2.7`, `[2001:db8::1]:4711`. Text that is not an
    /// address is used as it is, truncated if it is long.
    public init(address: String) {
        let bare = Self.withoutPort(address)
        guard let parsed = try? SocketAddress(ipAddress: bare, port: 0), let text = parsed.ipAddress else {
            description = String(address.prefix(64))
            return
        }
        if case .v6 = parsed, let network = Self.network(of: text) {
            description = network
        } else {
            description = text
        }
    }

    /// Work of this process itself.
    public static let own = WorkSource(address: "127.0.0.1")

    private static func withoutPort(_ text: String) -> String {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            return String(text[text.index(after: text.startIndex)..<end])
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : text
    }

    /// Nil for an IPv4-mapped IPv6 address, which is used as a complete address.
    private static func network(of text: String) -> String? {
        guard !text.contains(".") else {
            return text.split(separator: ":").last.map(String.init)
        }
        let halves = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        var groups = halves[0].split(separator: ":").map(String.init)
        if halves.count == 2 {
            let tail = halves[1].split(separator: ":").map(String.init)
            groups += Array(repeating: "0", count: max(0, 8 - groups.count - tail.count)) + tail
        }
        guard groups.count == 8 else { return nil }
        return groups.prefix(4).joined(separator: ":") + "::/64"
    }
}
