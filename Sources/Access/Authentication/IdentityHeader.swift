import HTTPTypes

/// Headers that carry credentials.
enum IdentityHeader {
    static let authToken = name("X-Auth-Token")
    static let serviceToken = name("X-Service-Token")
    static let subjectToken = name("X-Subject-Token")
    static let projectID = name("X-Project-Id")
    static let roles = name("X-Roles")
    static let systemScope = name("Openstack-System-Scope")

    private static func name(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .authorization }
}
