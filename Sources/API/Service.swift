/// One API mounted below a prefix: its endpoints and their common conventions.
public struct Service: Sendable {
    /// `placement`, `accelerator`, `identity`, `agent`: names its OpenAPI document and its metrics.
    public let name: String
    /// The title of the OpenAPI document.
    public let title: String
    /// Below the listener's root, without a trailing slash: `/placement`.
    public let prefix: String
    public let family: any APIFamily
    public let endpoints: [Endpoint]
    /// Every version from the family's first to its newest; empty where the service has but one.
    public let versions: [APIVersion]
    public let authenticator: any Authenticator
    public let authorizer: any Authorizer
    /// Whether the id of a project may stand between the prefix and the path of any endpoint, as in
    /// `/v2.1/{project_id}/servers`. It must be the project of the caller's token.
    package let takesProject: Bool
    /// Converts a path that clients send into the endpoints' path (un-versioned aliases, `.json`, doubled ids).
    public let rewrite: @Sendable (_ path: String) -> String

    public init(
        name: String, title: String, prefix: String, family: any APIFamily, endpoints: [Endpoint],
        versions: [APIVersion] = [], authenticator: any Authenticator, authorizer: any Authorizer,
        takesProject: Bool = false,
        rewrite: @escaping @Sendable (_ path: String) -> String = { $0 }
    ) {
        self.name = name
        self.title = title
        self.prefix = prefix
        self.family = family
        self.endpoints = endpoints
        self.versions = versions
        self.authenticator = authenticator
        self.authorizer = authorizer
        self.takesProject = takesProject
        self.rewrite = rewrite
    }
}
