import AsyncHTTPClient
import Clients
import Model
import NIOCore

/// Why a request to a store failed.
struct ObjectTrouble: Error, Sendable {
    let kind: Fault.Kind
    /// Completes the sentence "… because": for operators and logs, without secrets.
    let reason: String
    /// Whether the same request may succeed later.
    let mayPass: Bool

    init(_ kind: Fault.Kind, _ reason: String, mayPass: Bool) {
        self.kind = kind
        self.reason = reason
        self.mayPass = mayPass
    }

    /// For whoever asked this program; what an operator needs is in the context.
    var fault: Fault {
        switch kind {
        case .tooLarge: Fault(kind, "The object store is full; nothing was stored.", context: reason)
        default: Fault(kind, "The object store cannot be used at the moment; try again later.", context: reason)
        }
    }

    /// A response without success.
    init(_ answer: ObjectAnswer, to request: ObjectRequest, in place: BucketPlace) {
        let document = answer.document
        var code = document?.name == "Error" ? document?["Code"] : nil
        // The answer to a HEAD has no document.
        if code == nil, answer.status == 404, request.key == nil { code = "NoSuchBucket" }
        let word = code.map { " \($0.shown)" } ?? ""
        let said = "\(request.place(in: place)) was answered with \(answer.status)\(word)"
        self.init(status: answer.status, code: code, said, place)
    }

    private init(status: Int, code: String?, _ said: String, _ place: BucketPlace) {
        switch code {
        case "NoSuchBucket":
            self.init(
                .unavailable, "the bucket '\(place.bucket)' is not there: create it, or name another one (\(said))",
                mayPass: false)
        case "QuotaExceeded", "XMinioStorageFull", "EntityTooLarge":
            self.init(.tooLarge, said, mayPass: false)
        case "RequestTimeTooSkewed":
            self.init(
                .unavailable, "the clocks of this machine and of the object store differ too much (\(said))",
                mayPass: false)
        case "SlowDown", "RequestTimeout", "OperationAborted", "BadDigest", "XAmzContentSHA256Mismatch",
            "InternalError":
            self.init(.unavailable, said, mayPass: true)
        default:
            switch status {
            case 401, 403:
                self.init(
                    .unavailable, "the object store refuses the access key, or what it may do is too little (\(said))",
                    mayPass: false)
            case 507: self.init(.tooLarge, said, mayPass: false)
            case 408, 429, 500...: self.init(.unavailable, said, mayPass: true)
            default: self.init(.unavailable, said, mayPass: false)
            }
        }
    }

    /// A connection that failed. Nil for what is no trouble of the store: a task that was cancelled.
    init?(_ error: any Error, to request: ObjectRequest, in place: BucketPlace) {
        if error is CancellationError || (error as? HTTPClientError) == .cancelled { return nil }
        self.init(
            .unavailable, "\(request.place(in: place)): \(ConnectionTrouble.text(error))", mayPass: true)
    }
}
