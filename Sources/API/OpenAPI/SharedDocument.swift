import HTTPTypes
import Model
import NIOCore
import Synchronization

/// A service's OpenAPI documents, each rendered when it is first requested. All responses share its bytes, so that
/// clients that do not read them cost no memory of their own.
final class SharedDocument: Sendable {
    private let service: Service
    /// By version; there are at most as many as the service has versions.
    private let made = Mutex<[String: ByteBuffer]>([:])

    init(_ service: Service) {
        self.service = service
    }

    /// The document of `version`; nil for the document of all versions together.
    func reply(_ version: Microversion?) -> Reply {
        let key = version.map { "\($0)" } ?? ""
        let buffer = made.withLock { made in
            if let document = made[key] { return document }
            let bytes = ByteBuffer(bytes: OpenAPIDocument(service, version: version).json())
            made[key] = bytes
            return bytes
        }
        return Reply(status: 200, headers: [.contentType: "application/json"], body: .buffer(buffer))
    }
}
