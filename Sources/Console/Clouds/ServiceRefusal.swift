import Clients
public import Model

/// Reads a service's refusal from its error body.
enum ServiceRefusal {
    static func fault(_ answer: PeerResponse, of service: PeerService, version: Microversion) -> Fault {
        let body = try? JSONValue(json: answer.body)
        let sentence = body.flatMap(sentence) ?? "Without a reason."
        let kind = Fault.Kind(status: answer.status, title: "refused")
        if answer.status == 406 {
            return Fault(
                kind,
                "\(service.subject) does not provide version \(version), which this command needs. \(sentence)"
            )
        }
        return Fault(kind, sentence, code: body?["errors"]?.first?["code"]?.string)
    }

    /// `{"errors": [{"detail"}]}`, `{"error": {"message"}}`, `{"error_message": "{\"faultstring\"}"}`, `{"faultstring"}`.
    private static func sentence(_ body: JSONValue) -> String? {
        if let detail = body["errors"]?.first?["detail"]?.string {
            // A general explanation comes first, on lines of its own.
            return detail.split(whereSeparator: \.isNewline).map(trimmed).last { !$0.isEmpty } ?? detail
        }
        if let message = body["error"]?["message"]?.string { return message }
        if let inner = body["error_message"] {
            if let fault = inner["faultstring"]?.string { return fault }
            guard let text = inner.string else { return nil }
            return (try? JSONValue(json: Array(text.utf8)))?["faultstring"]?.string ?? text
        }
        return body["faultstring"]?.string
    }

    private static func trimmed(_ line: Substring) -> String {
        String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

extension JSONValue {
    public var string: String? { if case .text(let text) = self { text } else { nil } }
    public var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    public var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    public var whole: Int? { if case .integer(let number) = self { number } else { nil } }
    var first: JSONValue? { elements?.first }
}
