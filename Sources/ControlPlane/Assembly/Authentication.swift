import API
import Access
import Clients
import Identity
import Model
import Settings
import Store

/// How callers of this process's services are authenticated.
struct Authentication {
    let authenticator: any Authenticator

    /// How far the change log may be behind before cached tokens are no longer used.
    private static let mostLag = Duration.seconds(2)

    /// - Parameter session: this process's session at a separate Keystone; nil if none is configured
    init(
        _ settings: AuthSettings, identity: IdentityService, feed: ChangeFeed, session: KeystoneSession?
    ) throws(Fault) {
        switch settings.strategy {
        case .noauth2:
            authenticator = Noauth2Authenticator()
        case .embedded:
            let tokens = Self.tokens(identity.tokenSource, .path("/identity"), settings) {
                feed.isCurrent(within: Self.mostLag)
            }
            authenticator = tokens
            identity.whenChanged { tokens.bump() }
        case .keystone:
            guard let session, let url = settings.keystone.url else {
                throw .badRequest("auth_strategy keystone needs keystone.auth_url and an account.")
            }
            authenticator = Self.tokens(KeystoneTokenSource(session: session), .url(url), settings)
        }
    }

    private static func tokens(
        _ source: any TokenSource, _ address: TokenAuthenticator.Address, _ settings: AuthSettings,
        isCurrent: @escaping @Sendable () -> Bool = { true }
    ) -> TokenAuthenticator {
        TokenAuthenticator(
            source: source, address: address, capacity: settings.cacheEntries, timeToLive: settings.cacheTime,
            serviceRoles: Set(settings.serviceTokenRoles), requiresServiceRole: settings.requiresServiceTokenRole,
            isCurrent: isCurrent)
    }

    static func session(_ settings: KeystoneSettings) throws(Fault) -> KeystoneSession? {
        guard let url = settings.url else { return nil }
        let credentials: ServiceCredentials
        if let id = settings.applicationCredentialID, let secret = settings.applicationCredentialSecret {
            credentials = .applicationCredential(id: id, secret: secret)
        } else if let password = settings.password {
            credentials = .password(
                user: settings.username, userDomain: settings.userDomain, password: password,
                project: settings.project, projectDomain: settings.projectDomain)
        } else {
            throw .badRequest(
                "keystone.password_file, or keystone.application_credential_id and its secret's file, is needed beside "
                    + "keystone.auth_url.")
        }
        let transport = try NetworkTransport(
            base: KeystoneSession.base(ofAuthURL: url), name: "the identity service",
            caFile: settings.certificateAuthority)
        return KeystoneSession(transport: transport, credentials: credentials)
    }
}
