public import HTTPTypes
public import Model

/// Conventions of Kilonova's own APIs, such as the agents': one version in the path, errors as a list.
public struct AgentFamily: APIFamily {
    public let serviceType = "kilonova"
    public let minimum = Microversion(1, 0)
    public let maximum = Microversion(1, 0)

    public init() {}

    public func version(asked headers: HTTPFields, path: String) throws(Fault) -> Microversion { maximum }

    public func headers(_ context: WireContext, status: Int) -> HTTPFields { [:] }

    public var faultSchema: Schema {
        let error = ObjectSchema([
            .init("status", .integer), .init("title", .string), .init("detail", .string),
            .init("field", .nullable(.string)), .init("request_id", .string),
        ])
        return .object(ObjectSchema([.init("errors", .array(.object(error)))]))
    }

    public func envelope(_ fault: Fault, _ context: WireContext) -> (contentType: String, bytes: [UInt8]) {
        var json = JSONWriter()
        json.object { json in
            json.member("errors") { json in
                json.array(CollectionOfOne(fault)) { json, fault in
                    json.object { json in
                        json.member("status", fault.kind.status)
                        json.member("title", fault.kind.title)
                        json.member("detail", fault.message)
                        json.member("field", fault.field)
                        // Placement's, of what is relayed.
                        if let code = fault.code { json.member("code", code) }
                        json.member("request_id", context.requestID.text)
                    }
                }
            }
        }
        return ("application/json", json.bytes)
    }
}
