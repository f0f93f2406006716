import HTTPTypes
import Model

/// The content of a refusal, from the error body of the service's API.
struct PeerRefusal: Sendable {
    var title: String?
    var sentence: String?
    var code: String?
    /// The versions that the service supports, if it refuses the requested one.
    var versions: String?

    init(title: String? = nil, sentence: String? = nil, code: String? = nil) {
        self.title = title
        self.sentence = sentence
        self.code = code
    }
}

extension ServicePeer {
    /// The fault for a response without success.
    ///
    /// It is the other service's fault, with its status, sentence and code. If the cause is that service or this
    /// program and not the request (401, 406, 429, 500 and above), it is 503.
    func fault(_ answer: PeerResponse, to request: PeerRequest, _ refusal: PeerRefusal = .init()) -> Fault {
        let context = "\(request.place) answered \(answer.status): \(refusal.sentence ?? "without a reason")"
        switch answer.status {
        case 406:
            let wanted = request.headers[.openStackAPIVersion]?.split(separator: " ").last ?? "1"
            return .unavailable(
                "\(service.subject) is too old; version \(wanted) is needed.",
                context: "\(context); it knows \(refusal.versions ?? "other versions")")
        case 401, 429, 500...:
            var fault = Fault.unavailable("\(service.subject) does not respond; try again later.", context: context)
            if let pause = answer.headers[.retryAfter] { fault.headers = [.init("Retry-After", pause)] }
            return fault
        case 400..<500:
            return Fault(
                Fault.Kind(status: answer.status, title: refusal.title ?? "Error"),
                refusal.sentence ?? "\(service.subject) responded with \(answer.status).", code: refusal.code,
                context: context)
        default: return unclear(context)
        }
    }
}

extension PeerRequest {
    /// For logs, without the query.
    var place: String { "\(method) \(path.prefix { $0 != "?" })" }
}
