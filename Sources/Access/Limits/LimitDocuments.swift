// What Keystone shows of limits, services and projects: the parts that are read here.

struct LimitList: Decodable {
    let limits: [Limit]

    struct Limit: Decodable {
        let resource: String
        let limit: Int
        let project: String?
        let domain: String?
        let region: String?

        enum CodingKeys: String, CodingKey {
            case resource = "resource_name"
            case limit = "resource_limit"
            case project = "project_id"
            case domain = "domain_id"
            case region = "region_id"
        }
    }
}

struct RegisteredLimitList: Decodable {
    let registered: [RegisteredLimit]

    struct RegisteredLimit: Decodable {
        let id: String?
        let resource: String
        let limit: Int
        let region: String?

        enum CodingKeys: String, CodingKey {
            case id
            case resource = "resource_name"
            case limit = "default_limit"
            case region = "region_id"
        }
    }

    enum CodingKeys: String, CodingKey {
        case registered = "registered_limits"
    }
}

struct ModelEnvelope: Decodable {
    let model: Model

    struct Model: Decodable { let name: String }
}

struct ProjectView: Decodable {
    let id: String
    let parent: String?
    let domain: String?

    enum CodingKeys: String, CodingKey {
        case id
        case parent = "parent_id"
        case domain = "domain_id"
    }
}

struct ProjectEnvelope: Decodable { let project: ProjectView }

struct ProjectList: Decodable { let projects: [ProjectView] }
