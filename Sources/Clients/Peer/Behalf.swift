/// On whose behalf a neighbour is asked.
public enum Behalf: Sendable {
    /// This program's own.
    case service
    /// A user's, with the service's own token beside it: neighbours then accept the user's token for some time after its end, and do
    /// for the pair what they refuse to either alone.
    case user(UserToken, afterwards: Afterwards)

    /// What happens when the neighbour no longer accepts the user's token.
    public enum Afterwards: Sendable {
        /// The call fails with 401: it is the user's alone, or the neighbour refuses services (images, secrets).
        case fails
        /// The service's own token goes on, where the neighbour allows it to: work that the user began must come to its end.
        case service
    }
}
