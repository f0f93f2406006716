import Model

/// `127.0.0.1:7780`, `[::1]:7780`, `0.0.0.0:0`.
struct AddressAndPort: Sendable, Equatable {
    let host: String
    let port: Int

    /// Throws 400 if `text` is not an address and a port.
    init(_ text: String) throws(Fault) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else {
            throw .badRequest("'\(text)' is not an address and a port, such as 127.0.0.1:7780 or [::1]:7780.")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else {
            throw .badRequest("'\(text)' names no address; 127.0.0.1:\(port) listens on this machine only.")
        }
        self.host = String(host)
        self.port = port
    }

    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// The URL, with the port that was really opened.
    func url(scheme: String, port: Int) -> String {
        let shown = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host
        return "\(scheme)://\(shown.contains(":") ? "[\(shown)]" : shown):\(port)"
    }
}
