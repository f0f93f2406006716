/// What a control plane offers agents beside what the first releases did. Those do not know the question, and answer 404.
public struct LinkAbilities: Sendable, Codable, Equatable {
    /// By name; agents ignore those they do not know.
    public var abilities: [String]

    public init(abilities: [String]) {
        self.abilities = abilities
    }

    /// The stream of desired states takes the host's heartbeats, too, so that an idle host has one connection.
    public static let conversation = "conversation"
}
