public import Access
import FoundationEssentials
import Logging
public import Model
public import Settings
import Store

/// The identity service of this process, according to the settings.
public enum EmbeddedIdentity {
    /// The token keys of this process. If another identity service issues the tokens, or none, the keys need not be
    /// shared, and without a folder they are in memory.
    public static func keyring(_ settings: Settings) async throws -> FernetKeyring {
        if settings.auth.strategy != .embedded, settings.identity.fernetKeys == nil { return .inMemory() }
        return try await .loadOrCreate(folder: try keyFolder(settings))
    }

    /// Throws 400 if the folder is not set and there is no SQLite database beside which it could be.
    public static func keyFolder(_ settings: Settings) throws(Fault) -> String {
        if let folder = settings.identity.fernetKeys { return folder }
        guard let file = settings.database.file else {
            throw .badRequest(
                "identity.fernet_key_repository is needed with PostgreSQL and auth_strategy embedded: all replicas must sign tokens with the same "
                    + "keys.")
        }
        return URL(filePath: file).deletingLastPathComponent().appending(path: "token-keys").path
    }

    /// Throws 400 if the rules for passwords are invalid.
    static func service(
        _ settings: Settings, _ store: any StateStore, _ keyring: FernetKeyring, _ logger: Logger
    ) throws(Fault) -> IdentityService {
        var options = IdentityOptions()
        options.tokenLifetime = settings.identity.tokenLifetime
        options.expiredTokenWindow = settings.auth.expiredWindow
        options.publicURL = settings.listen.publicURL.map { $0 + "/identity" }
        if settings.identity.lockoutFailures > 0 {
            options.lockout = IdentityOptions.Lockout(
                attempts: settings.identity.lockoutFailures, duration: settings.identity.lockoutTime)
        }
        options.passwords.minimumLength = settings.identity.minimumPasswordLength
        options.passwords.pattern = settings.identity.passwordRegex
        options.passwords.patternDescription = settings.identity.passwordRegexDescription
        options.passwords.history = settings.identity.passwordHistory
        let days = settings.identity.passwordLifetimeDays
        options.passwords.expiresAfterDays = days > 0 ? days : nil
        options.passwords.minimumAgeDays = settings.identity.minimumPasswordAgeDays
        options.passwords.changeUponFirstUse = settings.identity.changePasswordUponFirstUse
        options.limitModel =
            switch settings.identity.enforcementModel {
            case .flat: .flat
            case .strictTwoLevel: .strictTwoLevel
            }
        options.pageSize = settings.identity.listLimit
        options.deepestProject = settings.identity.maximumProjectTreeDepth
        options.allowsRescoping = settings.identity.allowsRescoping
        try options.passwords.validate()
        // Half of the cores: the other requests need theirs while many sign in.
        let threads = min(max(ProcessInfo.processInfo.activeProcessorCount / 2, 2), 8)
        return IdentityService(
            store: store, codec: TokenCodec(keyring: keyring),
            hasher: PasswordHasher(cost: settings.identity.hashRounds, threads: threads), options: options,
            logger: logger)
    }
}
