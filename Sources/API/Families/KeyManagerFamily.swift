public import HTTPTypes
public import Model

/// The conventions of the key manager's API: version 1.0, and an error of a code, a title and a description.
///
/// A header that asks for a later version is ignored, as by every Barbican before microversions; clients then take the versions page's
/// word for it.
public struct KeyManagerFamily: APIFamily {
    public let serviceType = "key-manager"
    public let minimum = Microversion(1, 0)
    public let maximum = Microversion(1, 0)

    public let faultSchema = Schema.object(
        ObjectSchema([.init("code", .integer), .init("title", .string), .init("description", .string)]))

    public init() {}

    public func version(asked headers: HTTPFields, path: String) throws(Fault) -> Microversion { maximum }

    public func headers(_ context: WireContext, status: Int) -> HTTPFields { [:] }

    public func envelope(_ fault: Fault, _ context: WireContext) -> (contentType: String, bytes: [UInt8]) {
        var json = JSONWriter()
        json.object { json in
            json.member("code", fault.kind.status)
            json.member("title", fault.kind.title)
            json.member("description", fault.message)
        }
        return ("application/json", json.bytes)
    }

    /// Without the value, which may be a secret.
    public func malformedBody(_ problem: SchemaProblem) -> Fault { problem.faultWithoutValue }
}
