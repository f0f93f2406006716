/// Where clients reach the services, and what they may do there.
public struct ListenSettings: Sendable {
    public let address: String
    public let certificate: String?
    public let privateKey: String?
    public let publicURL: String?
    public let trustedProxies: [String]
    public let corsOrigins: [String]
    /// Bytes.
    public let maximumBody: Int
    public let drainTime: Duration
    public let mostConnections: Int
    public let checksAnswers: Bool
    public let arrivalTime: Duration
    public let readingTime: Duration

    init(_ reader: inout SettingsReader) {
        address = reader.text(
            "listen.address", "Address and port of the services; IPv6 in brackets.", default: "127.0.0.1:7780")
        certificate = reader.optionalText("listen.certificate", "PEM file of the certificate chain; enables TLS.")
        privateKey = reader.optionalText("listen.private_key", "PEM file of the certificate's key.")
        publicURL = reader.optionalText(
            "listen.public_endpoint", "The base URL that clients use, if it differs from the one in requests.")
        trustedProxies = reader.texts(
            "listen.trusted_proxies",
            "Addresses or networks of proxies whose Forwarded and X-Forwarded headers are trusted.")
        corsOrigins = reader.texts(
            "listen.cors_origins", "Origins from which browsers may send requests; `*` means any.")
        maximumBody = reader.number(
            "listen.maximum_body", "Maximum size of a request body, in bytes.", in: 1024...1_073_741_824,
            default: 1_048_576)
        drainTime = reader.duration(
            "listen.drain_time", "How long requests in progress may take to finish when the process stops.",
            default: "20s")
        mostConnections = reader.number(
            "listen.max_connections",
            "Maximum number of connections; each needs a file descriptor. Near the limit, a new connection closes the one that has waited longest for its client.",
            in: 16...1_000_000, default: 8192)
        checksAnswers = reader.boolean(
            "listen.check_answers",
            "Check every response against the OpenAPI document of its version and log differences; for tests and development.",
            default: false)
        arrivalTime = reader.duration(
            "listen.request_time",
            "How long a request may take to arrive, from its head to the end of its body. After that the response is 408 and the connection is closed.",
            default: "30s")
        readingTime = reader.duration(
            "listen.response_time", "How long a response waits for a client that reads nothing of it.", default: "60s")
        if (certificate == nil) != (privateKey == nil) {
            reader.refuse(
                certificate == nil ? "listen.private_key" : "listen.certificate",
                "stands alone; certificate and private_key belong together")
        }
    }
}
