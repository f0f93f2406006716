public import Model

/// What a new cloud begins with, and what is put right at every start.
public struct BootstrapPlan: Sendable {
    public var adminName = "admin"
    /// Used where the user does not exist yet, or where `resetsAdminPassword` says so.
    public var adminPassword: Secret
    /// Gives the administrator `adminPassword` even where the user has another one.
    public var resetsAdminPassword = false
    public var adminProject = "admin"
    public var region: RegionID = "RegionOne"
    /// Users that services sign in as: role `service` on the project `service`, role `reader` on the system.
    public var serviceUsers: [Account] = []
    /// Ordinary projects with a member each, for a cloud that is to be tried out.
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

    /// A service and where it is reached. The URL may hold `$(project_id)s`.
    public struct CatalogEntry: Sendable, Equatable {
        public var type: String
        public var name: String
        /// For all three interfaces.
        public var url: String

        public init(type: String, name: String, url: String) {
            self.type = type
            self.name = name
            self.url = url
        }
    }
}
