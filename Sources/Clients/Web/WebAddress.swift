import FoundationEssentials

/// A place in the web that somebody outside named.
public struct WebAddress: Sendable, Equatable, CustomStringConvertible {
    public let description: String
    /// In lower case.
    let scheme: String
    /// In lower case, without brackets.
    let host: String
    let port: Int

    /// Nil where it is no URL with a scheme and a host, or has a user's name in it.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.longest, let url = URL(string: text), let scheme = url.scheme?.lowercased(),
            let host = url.host()?.lowercased(), !host.isEmpty, url.user() == nil, url.password() == nil
        else { return nil }
        description = text
        self.scheme = scheme
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = url.port ?? (scheme == "https" ? 443 : 80)
    }

    private static let longest = 4096

    /// Where a `Location` header that came from here leads.
    func following(_ location: String) -> WebAddress? {
        guard let base = URL(string: description), let next = URL(string: location, relativeTo: base) else {
            return nil
        }
        return WebAddress(next.absoluteURL.absoluteString)
    }
}
