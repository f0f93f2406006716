public import HTTPTypes
public import Model

/// The conventions of one API family: how versions are requested, what an error looks like, and which headers a
/// response has.
public protocol APIFamily: Sendable {
    /// The service type of `OpenStack-API-Version`: `placement`, `accelerator`, `identity`, `compute`.
    var serviceType: String { get }
    var minimum: Microversion { get }
    var maximum: Microversion { get }

    /// The requested version. Throws 406 or 400, as the family does.
    func version(asked headers: HTTPFields, path: String) throws(Fault) -> Microversion

    /// The version that the headers ask of this service, as text; nil where they ask none.
    func versionText(in headers: HTTPFields) -> String?

    /// Headers of every answer. What an endpoint sets itself wins.
    func headers(_ context: WireContext, status: Int) -> HTTPFields

    /// What `headers` adds to responses with the status that is of the family alone, for the OpenAPI document.
    func answerHeaders(status: Int) -> [AnswerHeader]

    /// The error body that the family's clients expect, and its content type.
    func envelope(_ fault: Fault, _ context: WireContext) -> (contentType: String, bytes: [UInt8])

    /// The schema of `envelope`.
    var faultSchema: Schema { get }

    /// The request id's header: `x-openstack-request-id`, in Placement and Nova also `x-compute-request-id`.
    var requestIDHeaders: [HTTPField.Name] { get }

    /// Whether a body without `Content-Type` is refused.
    var requiresContentType: Bool { get }

    /// Whether a caller who takes no JSON is refused with 406.
    var negotiatesContent: Bool { get }

    /// Whether a body is refused where the endpoint takes none.
    var refusesUnexpectedBodies: Bool { get }

    /// Whether a request keeps the id that its caller gave it in `X-Openstack-Request-ID`.
    var adoptsRequestIDs: Bool { get }

    /// An error as a page for readers, if the request's `Accept` asks for one: its content type and text.
    func page(_ fault: Fault, _ context: WireContext) -> (contentType: String, bytes: [UInt8])?

    /// The fault for a body that is JSON, but does not have the endpoint's form.
    func malformedBody(_ problem: SchemaProblem) -> Fault

    /// The fault for a missing body.
    func missingBody(hasContentType: Bool) -> Fault
}

extension APIFamily {
    public func answerHeaders(status: Int) -> [AnswerHeader] { [] }

    public var requestIDHeaders: [HTTPField.Name] { [.openStackRequestID] }
    public var requiresContentType: Bool { true }
    public var negotiatesContent: Bool { true }
    public var refusesUnexpectedBodies: Bool { false }
    public var adoptsRequestIDs: Bool { false }

    public func page(_ fault: Fault, _ context: WireContext) -> (contentType: String, bytes: [UInt8])? { nil }

    public func malformedBody(_ problem: SchemaProblem) -> Fault {
        .badRequest(problem.fault.message, field: problem.path)
    }

    public func missingBody(hasContentType: Bool) -> Fault {
        .badRequest("This request needs a JSON body.", field: "body")
    }

    public func versionText(in headers: HTTPFields) -> String? {
        VersionHeaders(serviceType: serviceType).text(in: headers)
    }
}

extension HTTPField.Name {
    /// `OpenStack-API-Version`.
    public static let openStackAPIVersion = constant("OpenStack-API-Version")
    /// `x-openstack-request-id`.
    package static let openStackRequestID = constant("x-openstack-request-id")
    /// `X-Auth-Token`.
    public static let authToken = constant("X-Auth-Token")
    /// `X-Subject-Token`.
    public static let subjectToken = constant("X-Subject-Token")
    /// `X-Service-Token`.
    public static let serviceToken = constant("X-Service-Token")

    /// A name that is known to be valid.
    static func constant(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("'\(name)' is not a header's name") }
        return field
    }
}
