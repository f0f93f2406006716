import NIOCore

/// Where this program goes on behalf of others: nowhere inside. Checked for each address, each redirect, and what each name resolves to.
public struct WebRules: Sendable {
    private static let schemes: Set<String> = ["http", "https"]
    private static let ports: Set<Int> = [80, 443]
    /// Where it is not empty, no other hosts. These may also be inside.
    public var allowedHosts: Set<String> = []
    public var refusedHosts: Set<String> = []

    public init() {}

    /// Whether the address may be asked at all.
    public func admit(_ address: WebAddress) -> Bool {
        guard Self.schemes.contains(address.scheme), Self.ports.contains(address.port) else { return false }
        guard allowedHosts.isEmpty else { return allowedHosts.contains(address.host) }
        if let place = try? SocketAddress(ipAddress: address.host, port: address.port), Self.isInside(place) {
            return false
        }
        return !refusedHosts.contains(address.host)
    }

    /// Whether the address may be asked at the place that its name stands for.
    func admit(_ address: WebAddress, at place: SocketAddress) -> Bool {
        allowedHosts.contains(address.host) || !Self.isInside(place)
    }

    /// Whether it is this machine, its link, or no single machine.
    static func isInside(_ place: SocketAddress) -> Bool {
        guard let text = place.ipAddress else { return true }
        switch place {
        case .v4: return isInside(text)
        case .v6:
            let text = text.lowercased()
            if let mapped = text.split(separator: ":").last, mapped.contains(".") { return isInside(String(mapped)) }
            guard text != "::", text != "::1" else { return true }
            // fe80::/10, fec0::/10, fc00::/7 and ff00::/8.
            let first = text.split(separator: ":", omittingEmptySubsequences: false).first.flatMap {
                Int($0, radix: 16)
            }
            guard let first else { return false }
            return first >= 0xfe80 || first & 0xfe00 == 0xfc00
        case .unixDomainSocket: return true
        }
    }

    private static func isInside(_ address: String) -> Bool {
        let parts = address.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 4 else { return true }
        return parts[0] == 0 || parts[0] == 127 || parts[0] >= 224 || (parts[0] == 169 && parts[1] == 254)
    }
}
