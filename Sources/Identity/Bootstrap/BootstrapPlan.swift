public import Model

/// The objects of a new cloud, which are checked at every start.
public struct BootstrapPlan: Sendable {
    public var adminName = "admin"
    /// Used if the user does not exist yet, or if `resetsAdminPassword` is set.
    public var adminPassword: Secret
    /// Whether the administrator gets `adminPassword` even if the user has another password.
    public var resetsAdminPassword = false
    package var adminProject = "admin"
    public var region: RegionID = "RegionOne"
    /// Users for services: role `service` on the project `service`, role `reader` on the system.
    public var serviceUsers: [Account] = []
    /// Ordinary projects with one member each, for trying a cloud.
    public var members: [Member] = []
    public var catalog: [CatalogEntry] = []

    public init(adminPassword: Secret) {
        self.adminPassword = adminPassword
    }

    public struct Account: Sendable {
        public var name: String
        public var password: Secret

        public init(name: String, password: Secret) {
            self.name = name
            self.password = password
        }
    }

    /// A user with the role `member` on a project.
    public struct Member: Sendable {
        public var account: Account
        public var project: String

        public init(account: Account, project: String) {
            self.account = account
            self.project = project
        }
    }

    /// A service and its URL, which may contain `$(project_id)s`.
    public struct CatalogEntry: Sendable, Equatable {
        public var type: String
        public var name: String
        /// The URL for all three interfaces.
        public var url: String

        public init(type: String, name: String, url: String) {
            self.type = type
            self.name = name
            self.url = url
        }
    }
}
