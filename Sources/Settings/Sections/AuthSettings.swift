public import Model

/// How callers are authenticated.
public struct AuthSettings: Sendable {
    public enum Strategy: String, Sendable, CaseIterable {
        /// Tokens of the identity service in this process.
        case embedded
        /// Tokens of a Keystone.
        case keystone
        /// What the caller claims; on loopback only.
        case noauth2
    }

    public let strategy: Strategy
    public let cacheTime: Duration
    public let cacheEntries: Int
    /// How long after its expiry a token is accepted beside a valid service token.
    public let expiredWindow: Duration
    public let serviceTokenRoles: [String]
    public let requiresServiceTokenRole: Bool
    public let keystone: KeystoneSettings

    init(_ reader: inout SettingsReader) {
        strategy = reader.choice("auth.auth_strategy", "How callers are authenticated.", default: .embedded)
        cacheTime = reader.duration(
            "auth.token_cache_time", "How long a validated token is cached.", default: "300s")
        cacheEntries = reader.number(
            "auth.token_cache_entries", "Maximum number of validated tokens in the cache.", in: 16...1_000_000,
            default: 10_000)
        expiredWindow = reader.duration(
            "auth.allow_expired_window", "How long after its expiry a token is accepted beside a valid service token.",
            default: "48h")
        serviceTokenRoles = reader.texts(
            "auth.service_token_roles", "Roles of which a service token must have at least one.", default: ["service"])
        requiresServiceTokenRole = reader.boolean(
            "auth.service_token_roles_required",
            "Refuse a request whose service token has none of these roles; if false, such a service token is ignored.",
            default: true)
        keystone = KeystoneSettings(&reader)
        if strategy == .keystone, keystone.url == nil {
            reader.refuse("keystone.auth_url", "is needed with auth_strategy keystone")
        }
    }
}

/// The Keystone that validates tokens and holds the catalog, and the account used there.
public struct KeystoneSettings: Sendable {
    public let url: String?
    public let username: String
    public let userDomain: String
    public let project: String
    public let projectDomain: String
    public let password: Secret?
    public let applicationCredentialID: String?
    public let applicationCredentialSecret: Secret?
    public let certificateAuthority: String?
    public let region: String?

    init(_ reader: inout SettingsReader) {
        url = reader.optionalText("keystone.auth_url", "Keystone's URL, such as https://keystone.example/v3.")
        username = reader.text("keystone.username", "Name of the account used at Keystone.", default: "kilonova")
        userDomain = reader.text("keystone.user_domain_name", "The account's domain.", default: "Default")
        project = reader.text("keystone.project_name", "The account's project.", default: "service")
        projectDomain = reader.text("keystone.project_domain_name", "The project's domain.", default: "Default")
        password = reader.secret(file: "keystone.password_file", "File that contains the account's password.")
        applicationCredentialID = reader.optionalText(
            "keystone.application_credential_id", "Id of an application credential, used instead of the password.")
        applicationCredentialSecret = reader.secret(
            file: "keystone.application_credential_secret_file",
            "File that contains the secret of the application credential.")
        certificateAuthority = reader.optionalText(
            "keystone.cafile", "PEM file of the certificate authority that signed Keystone's certificate.")
        region = reader.optionalText("keystone.region_name", "The region whose endpoints are used.")
    }
}
