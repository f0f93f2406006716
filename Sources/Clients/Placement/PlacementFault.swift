import FoundationEssentials
import HTTPTypes
import Model

extension Fault {
    /// What an answer of Placement that is no success means to whoever asked.
    ///
    /// The service's own fault with its status, sentence and code; where the trouble is the service's or ours and not
    /// the request's (401, 406, 429, 500 and above), 503.
    init(placement answer: PeerResponse, to request: PeerRequest) {
        let entry = (try? JSONDecoder().decode(PlacementDocuments.Errors.self, from: Data(answer.body)))?.errors.first
        // The general explanation comes first, on lines of its own; the sentence that matters last.
        let lines = (entry?.detail ?? "").split(whereSeparator: \.isNewline).map { Self.trimmed($0) }
        let sentence = lines.last { !$0.isEmpty }
        let path = request.path.prefix { $0 != "?" }
        let context = "\(request.method) \(path) answered \(answer.status): \(sentence ?? "without a reason")"
        switch answer.status {
        case 406:
            let known = entry.flatMap { entry in
                entry.minimum.flatMap { low in entry.maximum.map { "\(low) to \($0)" } }
            }
            self = .unavailable(
                "The placement service is too old; version \(RESTPlacementClient.version) is needed.",
                context: "\(context); it knows \(known ?? "other versions")")
        case 401, 429, 500...:
            self = .unavailable("The placement service does not answer; try again later.", context: context)
            if let header = HTTPField.Name("Retry-After"), let pause = answer.headers[header] {
                headers = [.init("Retry-After", pause)]
            }
        case 400..<500:
            self.init(
                Kind(status: answer.status, title: entry?.title ?? "Error"),
                sentence ?? "The placement service answered \(answer.status).", code: entry?.code, context: context)
        default:
            self.init(.badGateway, "The placement service's answer is not understood.", context: context)
        }
    }

    private static func trimmed(_ line: Substring) -> String {
        String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
