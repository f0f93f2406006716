public import HTTPTypes
public import Model

/// The conventions of one API family on the wire: how versions are asked for, what an error looks like, which headers
/// an answer carries.
public protocol APIFamily: Sendable {
    /// The service type of `OpenStack-API-Version`: `placement`, `accelerator`, `identity`, `compute`.
    var serviceType: String { get }
    var minimum: Microversion { get }
    var maximum: Microversion { get }

    /// The version a request asks for. Throws 406 or 400, as the family does.
    func version(asked headers: HTTPFields, path: String) throws(Fault) -> Microversion

    /// Headers of every answer once the version is known; `version` is nil where it was refused.
    func headers(version: Microversion?, status: Int, method: HTTPRequest.Method) -> HTTPFields

    /// The error body its clients expect, and its content type.
    func envelope(_ fault: Fault, requestID: RequestID, version: Microversion?) -> (contentType: String, bytes: [UInt8])

    /// The request id's header: `x-openstack-request-id`, in Placement and Nova also `x-compute-request-id`.
    var requestIDHeaders: [HTTPField.Name] { get }
}
