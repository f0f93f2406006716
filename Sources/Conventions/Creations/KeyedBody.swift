import Model

/// A body as the endpoint reads it, and as it was sent.
struct KeyedBody<Body: Decodable & Sendable>: Decodable, Sendable {
    let body: Body
    let sent: JSONValue

    init(from decoder: any Decoder) throws {
        body = try Body(from: decoder)
        sent = try JSONValue(from: decoder)
    }
}
