import HTTPTypes
import Model
import NIOCore
import Synchronization

/// Holds every answer against what the OpenAPI document of its version promises: the status, whether there is a body, and
/// the body's form down to members that are not told, and the headers that the endpoint adds to those of every response.
///
/// For tests and development: each body is kept and parsed once more.
public struct AnswerCheck: Sendable {
    private let report: @Sendable (AnswerMismatch) -> Void

    /// - Parameter report: called with each response that differs, from any task
    public init(report: @escaping @Sendable (AnswerMismatch) -> Void) {
        self.report = report
    }

    /// The response to send in place of `response`. A body that is sent in pieces is checked when the last piece was
    /// sent.
    func watching(_ response: APIResponse, _ method: HTTPRequest.Method, _ exchange: Exchange) -> APIResponse {
        guard let endpoint = exchange.endpoint else { return response }
        let promise = Promise(method: method, endpoint: endpoint, family: exchange.family, version: exchange.version)
        let look: @Sendable ([UInt8]) -> Void = { [report] bytes in
            guard let problem = promise.problem(response.status, response.headers, bytes) else { return }
            report(
                AnswerMismatch(
                    service: response.service ?? "", method: method, route: endpoint.route,
                    version: promise.version, status: response.status, problem: problem))
        }
        var response = response
        // Data may be of any size: it is not kept, and its headers tell all that is promised.
        if promise.isData(response.status) {
            look([])
            return response
        }
        switch response.body {
        case .none: look([])
        case .bytes(let bytes): look(bytes)
        case .buffer(let buffer): look(Array(buffer.readableBytesView))
        case .pieces(let next):
            let collected = Kept()
            response.body = .pieces {
                guard let piece = try await next() else {
                    look(collected.bytes)
                    return nil
                }
                collected.append(piece.readableBytesView)
                return piece
            }
        case .stream(let run):
            let collected = Kept()
            response.body = .stream { write in
                try await run { chunk in
                    collected.append(chunk)
                    try await write(chunk)
                }
                look(collected.bytes)
            }
        // A watch has no end that a document could tell, and what comes from files is data.
        case .pulled, .regions: break
        }
        return response
    }
}

/// The part of a response that has been sent.
private final class Kept: Sendable {
    private let held = Mutex<[UInt8]>([])

    var bytes: [UInt8] { held.withLock { $0 } }

    func append(_ piece: some Sequence<UInt8> & Sendable) { held.withLock { $0.append(contentsOf: piece) } }
}

/// What the document promises for one endpoint in one version.
private struct Promise: Sendable {
    let method: HTTPRequest.Method
    let endpoint: Endpoint
    let family: any APIFamily
    let version: Microversion?

    func isData(_ status: Int) -> Bool { endpoint.answers.first { $0.status == status }?.isData ?? false }

    /// Nil if the response is as promised.
    func problem(_ status: Int, _ headers: HTTPFields, _ body: [UInt8]) -> String? {
        guard status < 400 else { return faultProblem(status, headers, body) }
        let answers = endpoint.answers.filter { $0.status == status }
        guard let answer = answers.first else { return "the document has no answer with this status" }
        if let problem = headerProblem(status, headers) { return problem }
        if answer.isData {
            let type = headers[.contentType].map { MediaType($0) }
            let told = answers.map(\.mediaType.description).joined(separator: ", ")
            return answers.contains { $0.mediaType == type }
                ? nil : "the document tells \(told), Content-Type is \(type?.description ?? "not there")"
        }
        guard method != .head else { return nil }
        guard let schema = answer.schema else {
            return body.isEmpty ? nil : "the document tells no body, \(body.count) bytes came"
        }
        return problem(schema, headers, body)
    }

    private func headerProblem(_ status: Int, _ headers: HTTPFields) -> String? {
        let told = endpoint.headers(ofStatus: status, family).filter { $0.isLive(in: version) }
        for field in headers
        where !AnswerHeader.isCommon(field.name) && !told.contains(where: { $0.name == field.name }) {
            return "the document tells no header \(field.name.rawName)"
        }
        let missing = told.first { $0.isAlways && headers[$0.name] == nil }
        return missing.map { "the header \($0.name.rawName), which the document tells, is not there" }
    }

    private func faultProblem(_ status: Int, _ headers: HTTPFields, _ body: [UInt8]) -> String? {
        guard endpoint.documentedFaults.contains(where: { $0.status == status }) else {
            return "the document has no fault with this status"
        }
        // A page or a text for readers, where they asked for one.
        guard method != .head, headers[.contentType]?.hasPrefix("text/") != true else { return nil }
        return problem(family.faultSchema, headers, body)
    }

    private func problem(_ schema: Schema, _ headers: HTTPFields, _ body: [UInt8]) -> String? {
        guard let type = headers[.contentType], type.hasPrefix("application/json") else {
            return "the document tells JSON, Content-Type is \(headers[.contentType] ?? "not there")"
        }
        guard let value = try? JSONParser.parse(body) else { return "the body is not JSON" }
        guard let problem = schema.at(version).strict.problem(with: value) else { return nil }
        return "\(problem.path.isEmpty ? "the body" : problem.path): \(problem.reason)"
    }
}
