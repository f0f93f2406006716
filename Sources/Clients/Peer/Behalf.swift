/// On whose behalf a request is sent to another service.
public enum Behalf: Sendable {
    /// This program's own behalf.
    case service
    /// On a user's behalf, together with the service's own token. Other services then accept the user's token for some
    /// time after its expiry, and grant the pair what they refuse to either alone.
    case user(UserToken, afterwards: Afterwards)

    /// What happens when the neighbour no longer accepts the user's token.
    public enum Afterwards: Sendable {
        /// The call fails with 401: it is the user's alone, or the neighbour refuses services (images, secrets).
        case fails
        /// The request is sent with the service's own token, if the other service allows that, because work that the
        /// user began must be completed.
        case service
    }
}
