public import HTTPTypes
public import Model

/// Identity's conventions: one version, v3, and no microversions.
public struct IdentityFamily: APIFamily {
    public let serviceType = "identity"
    public let minimum = Microversion(3, 14)
    public let maximum = Microversion(3, 14)

    public init() {}

    public var requiresContentType: Bool { false }

    public func version(asked headers: HTTPFields, path: String) throws(Fault) -> Microversion { maximum }

    public func headers(_ context: WireContext, status: Int) -> HTTPFields {
        var fields: HTTPFields = [:]
        fields[.vary] = "X-Auth-Token"
        return fields
    }

    public var faultSchema: Schema {
        let error = ObjectSchema([.init("code", .integer), .init("message", .string), .init("title", .string)])
        return .object(ObjectSchema([.init("error", .object(error))]))
    }

    /// Bodies contain passwords here. A password in the wrong place of a body must not appear in the error.
    public func malformedBody(_ problem: SchemaProblem) -> Fault {
        problem.mayShowSecret ? problem.faultWithoutValue : problem.fault
    }

    public func envelope(_ fault: Fault, _ context: WireContext) -> (contentType: String, bytes: [UInt8]) {
        var json = JSONWriter()
        json.object { json in
            json.member("error") { json in
                json.object { json in
                    json.member("code", fault.kind.status)
                    json.member("message", fault.message)
                    json.member("title", fault.kind.title)
                }
            }
        }
        return ("application/json", json.bytes)
    }
}
