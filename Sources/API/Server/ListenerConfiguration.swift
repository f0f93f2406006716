/// The configuration of a listener.
public struct ListenerConfiguration: Sendable {
    public var host: String
    /// The setting for the address, for messages.
    public var setting = "listen.address"
    /// 0 uses any free port.
    public var port: Int
    public var tls: TLS?
    /// Maximum size of a request's body in bytes.
    public var maximumBody: Int
    /// Addresses or networks (`10.0.0.0/8`) whose forwarding headers are trusted.
    public var trustedProxies: [String]
    /// Origins whose browsers may read responses; `*` means any.
    public var corsOrigins: [String]
    /// The base URL for clients; nil uses the one in their requests.
    public var publicURL: String?
    /// Idle connections are closed after this time.
    package var idleTime: Duration
    /// Maximum time from a request's head to the end of its body.
    public var arrivalTime: Duration = .seconds(30)
    /// Maximum time that a response waits for a client that reads nothing of it.
    public var readingTime: Duration = .seconds(60)
    public var logsAccess: Bool
    /// Maximum number of connections; further ones wait in the kernel's queue until one ends.
    public var mostConnections: Int
    /// Whether the listener serves `/metrics`, `/healthz` and `/readyz`.
    public var hasProbes: Bool

    public struct TLS: Sendable {
        /// PEM.
        public var certificateChain: [UInt8]
        public var privateKey: [UInt8]
        /// PEM of the authorities of client certificates.
        public var clientAuthorities: [UInt8]?
        /// Whether a client without a certificate is refused in the handshake, if there are `clientAuthorities`. A
        /// client with an invalid certificate is always refused.
        public var requiresClientCertificate: Bool

        public init(
            certificateChain: [UInt8], privateKey: [UInt8], clientAuthorities: [UInt8]? = nil,
            requiresClientCertificate: Bool = true
        ) {
            self.requiresClientCertificate = requiresClientCertificate
            self.certificateChain = certificateChain
            self.privateKey = privateKey
            self.clientAuthorities = clientAuthorities
        }
    }

    public init(
        host: String, port: Int, tls: TLS? = nil, maximumBody: Int = 1_048_576, trustedProxies: [String] = [],
        corsOrigins: [String] = [], publicURL: String? = nil, idleTime: Duration = .seconds(75),
        logsAccess: Bool = true, hasProbes: Bool = true, mostConnections: Int = 8192
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.maximumBody = maximumBody
        self.trustedProxies = trustedProxies
        self.corsOrigins = corsOrigins
        self.publicURL = publicURL
        self.idleTime = idleTime
        self.logsAccess = logsAccess
        self.hasProbes = hasProbes
        self.mostConnections = mostConnections
    }
}
