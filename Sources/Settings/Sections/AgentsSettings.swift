/// The control plane's side of its agents.
public struct AgentsSettings: Sendable {
    public let address: String?
    public let authorityFolder: String?
    public let heartbeatInterval: Duration
    public let certificateLifetime: Duration
    public let serverNames: [String]
    public let mostConnections: Int

    init(_ reader: inout SettingsReader) {
        address = reader.optionalText(
            "agents.address",
            "Address and port for agents, always with mutual TLS. If it is not set, there is no listener for agents.")
        authorityFolder = reader.optionalText(
            "agents.authority_folder",
            "Folder of the certificate authority that signs agents' certificates, and of its key.")
        heartbeatInterval = reader.duration(
            "agents.heartbeat_interval", "How often an idle agent receives a line and sends a heartbeat.",
            default: "15s")
        certificateLifetime = reader.duration(
            "agents.certificate_lifetime", "Lifetime of an agent's certificate; it is renewed after half of it.",
            default: "30d")
        serverNames = reader.texts(
            "agents.server_names", "Names and addresses in the server's certificate for agents.",
            default: ["localhost", "127.0.0.1"])
        mostConnections = reader.number(
            "agents.max_connections",
            "Maximum number of connections from agents, two per host; further ones wait until one ends.",
            in: 16...1_000_000, default: 32_768)
        // An agent gives a stream up on which nothing came for 45 s.
        if !(Duration.seconds(1)...Duration.seconds(15)).contains(heartbeatInterval) {
            reader.refuse(
                "agents.heartbeat_interval", "must be 1s to 15s: agents take a longer silence for a broken stream")
        }
    }
}
