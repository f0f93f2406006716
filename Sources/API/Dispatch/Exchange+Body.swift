import HTTPTypes
import Model

extension Exchange {
    /// What the endpoint's handler is given as its body.
    ///
    /// - Parameter document: the body where it was read already
    func body(
        of request: APIRequest, for endpoint: Endpoint, _ document: JSONValue? = nil
    ) async throws -> BodyValue? {
        guard let rules = endpoint.body else { return nil }
        switch rules.form {
        case .stream(let limit):
            let type = try rules.check(request.headers[.contentType])
            return BodyValue(
                try BodyStream(request.arriving ?? ArrivingBody(request.body), mediaType: type, limit: limit))
        case .lines(let read):
            _ = try rules.check(request.headers[.contentType])
            let body = request.arriving ?? ArrivingBody(request.body)
            body.goOn()
            let family = service.family
            return read(body) { problem in family.malformedBody(problem) }
        case .patch:
            let type = try rules.check(request.headers[.contentType])
            let value = try JSONParser.parse(try await whole(request, isTyped: true))
            let schema = rules.contents.first { $0.type == type }?.schema
            if let problem = schema?.problem(with: value) { throw service.family.malformedBody(problem) }
            return BodyValue(PatchDocument(mediaType: type, value: value))
        case .json(let schema, let decode):
            let read =
                if let document { (bytes: [UInt8](), value: document) } else {
                    try await self.document(of: request, rules)
                }
            if let problem = schema.problem(with: read.value) { throw service.family.malformedBody(problem) }
            return try decode(read.bytes, read.value)
        }
    }

    /// The body as JSON.
    func document(of request: APIRequest, _ rules: BodyRules) async throws -> (bytes: [UInt8], value: JSONValue) {
        let type = request.headers[.contentType]
        if type != nil {
            _ = try rules.check(type)
        } else if service.family.requiresContentType, !request.body.isEmpty || request.arriving != nil {
            throw Fault.badRequest(
                "content-type header required when body is sent: application/json", field: "Content-Type")
        }
        let bytes = try await whole(request, isTyped: type != nil)
        return (bytes, try JSONParser.parse(bytes))
    }

    private func whole(_ request: APIRequest, isTyped: Bool) async throws -> [UInt8] {
        let bytes = if let arriving = request.arriving { try await arriving.collect() } else { request.body }
        guard !bytes.isEmpty else { throw service.family.missingBody(hasContentType: isTyped) }
        return bytes
    }
}

extension Endpoint {
    /// Refuses a request that wants no JSON where that is all there is.
    func checkAccept(_ headers: HTTPFields) throws(Fault) {
        guard let accept = headers[.accept], !answers.contains(where: \.isData) else { return }
        let offers = accept.split(separator: ",").contains { part in
            let type = part.prefix { $0 != ";" }.drop { $0 == " " }.lowercased()
            return ["*/*", "application/*", "application/json", "application/json-home"].contains(
                type.split(separator: " ").first.map(String.init) ?? "")
        }
        guard offers || accept.allSatisfy({ $0 == " " }) else {
            throw Fault(.notAcceptable, "Only application/json is provided, which Accept must allow.", field: "Accept")
        }
    }
}
