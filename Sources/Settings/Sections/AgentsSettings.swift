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
            "agents.address", "Address and port that agents dial, always with mutual TLS; none where it is not given.")
        authorityFolder = reader.optionalText(
            "agents.authority_folder", "Folder of the authority that signs agents' certificates, and of its key.")
        heartbeatInterval = reader.duration(
            "agents.heartbeat_interval", "How often an idle agent hears and is heard.", default: "15s")
        certificateLifetime = reader.duration(
            "agents.certificate_lifetime", "How long an agent's certificate lives; it is renewed at half of it.",
            default: "30d")
        serverNames = reader.texts(
            "agents.server_names", "Names and addresses that the server's certificate holds for agents.",
            default: ["localhost", "127.0.0.1"])
        mostConnections = reader.number(
            "agents.max_connections",
            "Connections of agents at a time, two a host; further ones wait until one ends.",
            in: 16...1_000_000, default: 32_768)
        // An agent gives a stream up on which nothing came for 45 s.
        if !(Duration.seconds(1)...Duration.seconds(15)).contains(heartbeatInterval) {
            reader.refuse(
                "agents.heartbeat_interval", "must be 1s to 15s: agents take a longer silence for a broken stream")
        }
    }
}
