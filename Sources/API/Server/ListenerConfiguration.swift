/// How a listener listens.
public struct ListenerConfiguration: Sendable {
    public var host: String
    /// The setting that names the address, for messages.
    public var setting = "listen.address"
    /// 0 takes a free one.
    public var port: Int
    public var tls: TLS?
    /// Bytes of a request's body.
    public var maximumBody: Int
    /// Addresses or networks (`10.0.0.0/8`) whose forwarding headers are believed.
    public var trustedProxies: [String]
    /// Origins of browsers that may read answers; `*` is any.
    public var corsOrigins: [String]
    /// What clients are told as base URL, in place of what their requests show.
    public var publicURL: String?
    /// An idle connection is closed after it.
    public var idleTime: Duration
    /// From a request's head to the end of its body.
    public var arrivalTime: Duration = .seconds(30)
    /// An answer of which the client takes nothing for so long ends its connection.
    public var readingTime: Duration = .seconds(60)
    public var logsAccess: Bool
    /// Connections at a time; further ones wait in the kernel's queue until one ends.
    public var mostConnections: Int
    /// Whether `/metrics`, `/healthz` and `/readyz` are answered.
    public var hasProbes: Bool

    public struct TLS: Sendable {
        /// PEM.
        public var certificateChain: [UInt8]
        public var privateKey: [UInt8]
        /// PEM of the authorities of client certificates.
        public var clientAuthorities: [UInt8]?
        /// Whether a client without a certificate is refused in the handshake, where there are `clientAuthorities`. One
        /// that shows a wrong certificate always is.
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
