import HTTPTypes
import NIOHTTP1

/// The `Host` of a request (RFC 9112, 3.2): exactly one is required in HTTP/1.1.
enum HostField {
    /// Passes the result from the connection's guard to `Front`; a client's own header of this name is removed.
    private static let mark = "kilonova-host-problem"

    private enum Problem: String {
        case missing
        case several
        case malformed
    }

    /// Records what is wrong with the `Host` of `head`, and removes values that could be misread.
    static func mark(_ head: inout HTTPRequestHead) {
        if head.headers.contains(name: mark) { head.headers.remove(name: mark) }
        guard let problem = problem(of: head) else { return }
        head.headers.remove(name: "host")
        head.headers.add(name: mark, value: problem.rawValue)
    }

    private static func problem(of head: HTTPRequestHead) -> Problem? {
        let hosts = head.headers["host"]
        guard let host = hosts.first else {
            return head.version.major > 1 || head.version.minor >= 1 ? .missing : nil
        }
        if hosts.count > 1 { return .several }
        return isWellFormed(host) ? nil : .malformed
    }

    /// Whether it is a name or address with an optional port, as in `uri-host [ ":" port ]`; empty means none.
    private static func isWellFormed(_ host: String) -> Bool {
        var rest = host[...]
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            let address = host[..<end].dropFirst()
            guard !address.isEmpty, address.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." || $0 == "%" }) else {
                return false
            }
            rest = host[host.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { return false }
        } else {
            rest = host.firstIndex(of: ":").map { host[$0...] } ?? ""
            let name = host.prefix { $0 != ":" }
            let others = Set("-._~!$&'()*+;=%".utf8)
            let isName = name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || others.contains(byte)
            }
            guard isName else { return false }
        }
        let port = rest.dropFirst()
        return port.utf8.count <= 5 && port.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// The complaint about a request's `Host`; nil if nothing is wrong with it.
    static func complaint(_ headers: inout HTTPFields) -> String? {
        guard let name = HTTPField.Name(mark), let text = headers[name] else { return nil }
        headers[name] = nil
        return switch Problem(rawValue: text) {
        case .missing?: "The request has no Host field; HTTP/1.1 needs exactly one."
        case .several?: "The request has more than one Host field; HTTP/1.1 needs exactly one."
        case .malformed?: "The Host field is not a name or address with an optional port."
        case nil: nil
        }
    }
}
