import HTTPTypes
import Model

/// What a neighbour says of its refusal, out of the envelope that its API has for errors.
struct PeerRefusal: Sendable {
    var title: String?
    var sentence: String?
    var code: String?
    /// The versions that it has, where it refuses the one that was asked for.
    var versions: String?

    init(title: String? = nil, sentence: String? = nil, code: String? = nil) {
        self.title = title
        self.sentence = sentence
        self.code = code
    }
}

extension ServicePeer {
    /// What a response that is no success means to whoever asked.
    ///
    /// The neighbour's own fault with its status, sentence and code; where the trouble is the neighbour's or this program's and not the
    /// request's (401, 406, 429, 500 and above), 503.
    func fault(_ answer: PeerResponse, to request: PeerRequest, _ refusal: PeerRefusal = .init()) -> Fault {
        let context = "\(request.place) answered \(answer.status): \(refusal.sentence ?? "without a reason")"
        switch answer.status {
        case 406:
            let wanted = request.headers[.openStackAPIVersion]?.split(separator: " ").last ?? "1"
            return .unavailable(
                "\(service.subject) is too old; version \(wanted) is needed.",
                context: "\(context); it knows \(refusal.versions ?? "other versions")")
        case 401, 429, 500...:
            var fault = Fault.unavailable("\(service.subject) does not answer; try again later.", context: context)
            if let pause = answer.headers[.retryAfter] { fault.headers = [.init("Retry-After", pause)] }
            return fault
        case 400..<500:
            return Fault(
                Fault.Kind(status: answer.status, title: refusal.title ?? "Error"),
                refusal.sentence ?? "\(service.subject) answered \(answer.status).", code: refusal.code,
                context: context)
        default: return unclear(context)
        }
    }
}

extension PeerRequest {
    /// For logs: without the query.
    var place: String { "\(method) \(path.prefix { $0 != "?" })" }
}
