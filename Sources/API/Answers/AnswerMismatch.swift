public import HTTPTypes
public import Model

/// A response that differs from the OpenAPI document of its version.
public struct AnswerMismatch: Sendable, CustomStringConvertible {
    /// The service's name.
    public let service: String
    public let method: HTTPRequest.Method
    /// The endpoint's template: `/v2/devices/{uuid}`.
    public let route: String
    /// Nil if the version itself was refused.
    public let version: Microversion?
    public let status: Int
    /// What differs, and where in the body.
    public let problem: String

    public var description: String {
        let version = version.map { " in \($0)" } ?? ""
        return "\(service) \(method.rawValue) \(route)\(version) answered \(status): \(problem)"
    }
}
