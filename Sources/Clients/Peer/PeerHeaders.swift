import HTTPTypes

extension HTTPField.Name {
    private static func constant(_ text: String) -> Self {
        guard let name = Self(text) else { preconditionFailure("\(text) is no header name") }
        return name
    }

    static let authToken = constant("X-Auth-Token")
    static let serviceToken = constant("X-Service-Token")
    static let subjectToken = constant("X-Subject-Token")
    static let openStackAPIVersion = constant("OpenStack-API-Version")
}
