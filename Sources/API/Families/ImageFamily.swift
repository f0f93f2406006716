public import HTTPTypes
public import Model

/// The conventions of the image API: the version stands in the path, no header names one, and the body of an error is what `Accept` asks
/// for: a page, JSON or text.
public struct ImageFamily: APIFamily {
    public let serviceType = "image"
    public let minimum = Microversion(2, 17)
    public let maximum = Microversion(2, 17)

    public init() {}

    /// Clients send a type with every request, and none with some bodies.
    public var requiresContentType: Bool { false }

    /// Clients ask for the form of an error alone: what is found is JSON or data, whatever they accept.
    public var negotiatesContent: Bool { false }
    public var refusesUnexpectedBodies: Bool { true }
    public var adoptsRequestIDs: Bool { true }

    public func version(asked headers: HTTPFields, path: String) throws(Fault) -> Microversion { maximum }

    public func headers(_ context: WireContext, status: Int) -> HTTPFields { [:] }

    public var faultSchema: Schema {
        .object(ObjectSchema([.init("message", .string), .init("code", .string), .init("title", .string)]))
    }

    public func envelope(_ fault: Fault, _ context: WireContext) -> (contentType: String, bytes: [UInt8]) {
        var json = JSONWriter()
        json.object { json in
            json.member("message", fault.message)
            json.member("code", Self.status(fault))
            json.member("title", fault.kind.title)
        }
        return ("application/json", json.bytes)
    }

    /// Nil where the caller takes JSON. openstacksdk and glanceclient read the page's text without its marks.
    public func page(_ fault: Fault, _ context: WireContext) -> (contentType: String, bytes: [UInt8])? {
        let accept = context.headers[.accept] ?? ""
        if accept.contains("html") || accept.contains("*/*") {
            let status = Self.status(fault)
            let text = """
                <html>
                 <head>
                  <title>\(status)</title>
                 </head>
                 <body>
                  <h1>\(status)</h1>
                  \(Self.escaped(fault.message))<br /><br />



                 </body>
                </html>
                """
            return ("text/html; charset=UTF-8", Array(text.utf8))
        }
        if accept.contains("json") { return nil }
        return ("text/plain; charset=UTF-8", Array("\(Self.status(fault))\n\n\(fault.message)\n\n   ".utf8))
    }

    public func missingBody(hasContentType: Bool) -> Fault { .badRequest("Body expected in request.", field: "body") }

    private static func status(_ fault: Fault) -> String { "\(fault.kind.status) \(fault.kind.title)" }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { text, letter in
            switch letter {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.append(letter)
            }
        }
    }
}
