import Model

/// How the embedded Identity service behaves: lifetimes, rules for passwords, addresses.
public struct IdentityOptions: Sendable {
    public var tokenLifetime: Duration = .seconds(3600)
    /// How long after its end a token is still shown to a service that asks with `allow_expired`.
    public var expiredTokenWindow: Duration = .seconds(172_800)
    /// Whether a token may be exchanged for one of another scope.
    public var allowsRescoping = true
    /// Where clients reach the service, such as `https://cloud.example/identity`; nil makes links from each request.
    public var publicURL: String?
    var defaultDomain: DomainID = "default"
    /// Nil never locks an account.
    public var lockout: Lockout?
    public var passwords = PasswordRules()
    public var limitModel = LimitModel.flat
    /// The most entries of one answer; a list that has more says where the next ones are.
    public var pageSize = 1000
    /// Levels of projects below a domain.
    public var deepestProject = 5

    public init() {}

    /// Levels of projects that are allowed, which a limit model may bound further.
    var projectLevels: Int { limitModel == .strictTwoLevel ? 1 : deepestProject }

    /// Too many wrong passwords in a row, from one source.
    public struct Lockout: Sendable, Equatable {
        public var attempts: Int
        /// How long the account stays shut for that source, and how long failures count.
        public var duration: Duration
        /// The longest time between two guesses at an account that is delayed rather than shut.
        var longestDelay: Duration = .seconds(8)

        /// Failures of an account from all sources that it does not know, after which it is shut for all of them.
        var attemptsOfAll: Int { attempts * 10 }

        /// One second after the last failure that was free, then twice as long each time.
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
        /// Each limit stands alone.
        case flat
        /// Two levels of projects; what the children have must fit into what the parent has.
        case strictTwoLevel = "strict_two_level"
    }
}
