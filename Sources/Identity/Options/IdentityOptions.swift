import Model

/// Options of the embedded Identity service: lifetimes, rules for passwords, addresses.
public struct IdentityOptions: Sendable {
    package var tokenLifetime: Duration = .seconds(3600)
    /// How long after its expiry a token is still shown to a service that sends `allow_expired`.
    var expiredTokenWindow: Duration = .seconds(172_800)
    /// Whether a token may be exchanged for one with another scope.
    var allowsRescoping = true
    /// The service's URL for clients, such as `https://cloud.example/identity`; nil derives links from each request.
    public var publicURL: String?
    var defaultDomain: DomainID = "default"
    /// Nil never locks an account.
    package var lockout: Lockout?
    package var passwords = PasswordRules()
    package var limitModel = LimitModel.flat
    /// Maximum number of entries in one response; a longer list has a link to the next ones.
    public var pageSize = 1000
    /// Maximum number of levels of projects below a domain.
    var deepestProject = 5

    public init() {}

    /// The number of levels that are allowed, which the limit model may reduce further.
    var projectLevels: Int { limitModel == .strictTwoLevel ? 1 : deepestProject }

    /// Limits consecutive wrong passwords from one source.
    public struct Lockout: Sendable, Equatable {
        public var attempts: Int
        /// How long the account stays locked for that source, and how long failures count.
        public var duration: Duration
        /// The longest delay between two guesses at an account that is delayed rather than locked.
        var longestDelay: Duration = .seconds(8)

        /// Number of failures of an account from all sources that it does not know, after which it is locked for all of
        /// them.
        var attemptsOfAll: Int { attempts * 10 }

        /// One second after the last failure without a delay, then twice as long after each further one.
        func delay(after failures: Int) -> Duration {
            ExponentialDelay(first: .seconds(1), longest: longestDelay).doubled(failures - attempts)
        }

        public init(attempts: Int, duration: Duration = .seconds(1800)) {
            self.attempts = attempts
            self.duration = duration
        }
    }

    /// How limits of a project tree relate.
    public enum LimitModel: String, Sendable, CaseIterable {
        /// Each limit applies by itself.
        case flat
        /// Two levels of projects; the children's limits must fit into the parent's.
        case strictTwoLevel = "strict_two_level"
    }
}
