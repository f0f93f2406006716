/// A token in Identity's responses: the part that services need.
public struct TokenDocument: Decodable, Sendable, Equatable {
    public let user: User
    public let project: Scoped?
    public let domain: Entity?
    public let system: [String: Bool]?
    public let roles: [Entity]?
    public let expiresAt: String
    public let isAdminProject: Bool?
    public let catalog: [CatalogService]?
    public let applicationCredential: ApplicationCredential?

    public struct Entity: Decodable, Sendable, Equatable {
        public let id: String
        public let name: String
    }

    public struct User: Decodable, Sendable, Equatable {
        public let id: String
        public let name: String
        public let domain: Entity?
    }

    public struct Scoped: Decodable, Sendable, Equatable {
        public let id: String
        public let name: String
        public let domain: Entity?
    }

    public struct CatalogService: Decodable, Sendable, Equatable {
        public let id: String?
        public let type: String
        public let name: String?
        public let endpoints: [CatalogEndpoint]
    }

    public struct CatalogEndpoint: Decodable, Sendable, Equatable {
        public let id: String?
        public let interface: String
        public let region: String?
        public let url: String
    }

    public struct ApplicationCredential: Decodable, Sendable, Equatable {
        public let id: String
        public let accessRules: [AccessRule]?

        enum CodingKeys: String, CodingKey {
            case id
            case accessRules = "access_rules"
        }
    }

    public struct AccessRule: Decodable, Sendable, Equatable {
        public let service: String
        public let method: String
        public let path: String
    }

    enum CodingKeys: String, CodingKey {
        case user, project, domain, system, roles, catalog
        case expiresAt = "expires_at"
        case isAdminProject = "is_admin_project"
        case applicationCredential = "application_credential"
    }
}

/// The body around it.
public struct TokenEnvelope: Decodable, Sendable {
    public let token: TokenDocument
}
