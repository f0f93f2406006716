public import Model

/// How a caller shows who it is.
public struct AuthSettings: Sendable {
    public enum Strategy: String, Sendable, CaseIterable {
        /// Tokens of the identity service in this process.
        case embedded
        /// Tokens of a Keystone.
        case keystone
        /// Whatever the caller says; on loopback only.
        case noauth2
    }

    public let strategy: Strategy
    public let cacheTime: Duration
    public let cacheEntries: Int
    /// Beyond a token's end, where a service vouches for it.
    public let expiredWindow: Duration
    public let serviceTokenRoles: [String]
    public let requiresServiceTokenRole: Bool
    public let keystone: KeystoneSettings

    init(_ reader: inout SettingsReader) {
        strategy = reader.choice("auth.auth_strategy", "How callers show who they are.", default: .embedded)
        cacheTime = reader.duration(
            "auth.token_cache_time", "How long a validated token is believed without asking again.", default: "300s")
        cacheEntries = reader.number(
            "auth.token_cache_entries", "Validated tokens kept in memory.", in: 16...1_000_000, default: 10_000)
        expiredWindow = reader.duration(
            "auth.allow_expired_window", "How long past its end a token counts beside a valid service token.",
            default: "48h")
        serviceTokenRoles = reader.texts(
            "auth.service_token_roles", "Roles of which a service token must have one.", default: ["service"])
        requiresServiceTokenRole = reader.boolean(
            "auth.service_token_roles_required",
            "Refuse a request whose service token has none of these roles; otherwise such a token only does not count.",
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
        username = reader.text("keystone.username", "The account used there.", default: "kilonova")
        userDomain = reader.text("keystone.user_domain_name", "The account's domain.", default: "Default")
        project = reader.text("keystone.project_name", "The project it works in.", default: "service")
        projectDomain = reader.text("keystone.project_domain_name", "The project's domain.", default: "Default")
        password = reader.secret(file: "keystone.password_file", "File that holds the account's password.")
        applicationCredentialID = reader.optionalText(
            "keystone.application_credential_id", "An application credential in place of the password.")
        applicationCredentialSecret = reader.secret(
            file: "keystone.application_credential_secret_file", "File that holds the credential's secret.")
        certificateAuthority = reader.optionalText(
            "keystone.cafile", "PEM file of the authority that signed Keystone's certificate.")
        region = reader.optionalText("keystone.region_name", "The region whose endpoints are used.")
    }
}
