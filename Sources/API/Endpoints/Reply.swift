import FoundationEssentials
public import HTTPTypes
public import NIOCore

/// A successful response.
public struct Reply: Sendable {
    public var status: Int
    public var headers: HTTPFields
    public var body: Body

    public enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Bytes in the server's own type, so that they are not copied.
        case buffer(ByteBuffer)
        /// Pieces of a long response, written when they are requested; nil is the end.
        case pieces(_ next: @Sendable () async throws -> ByteBuffer?)
        /// Regions of a file, which the kernel sends without this process reading them; nil is the end. The pieces are the
        /// same bytes, for who needs to see them, such as TLS.
        case regions(
            _ next: @Sendable () async throws -> FileRegion?, pieces: @Sendable () async throws -> ByteBuffer?)
        /// Chunks, produced when they are requested; nil is the end. For responses that stay open and mostly wait, such
        /// as agents' watches: only the connection's own task waits.
        case pulled(_ next: @Sendable () async throws -> [UInt8]?)
        /// Chunks, written as they are produced; the connection ends with the stream. For large lists.
        case stream(@Sendable (_ write: @Sendable ([UInt8]) async throws -> Void) async throws -> Void)
    }

    public init(status: Int, headers: HTTPFields = [:], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// `value` as JSON, with members sorted by name, because the encoder's own order varies. Large responses use a
    /// `JSONWriter` and `json(bytes:)` instead.
    public static func json<Value: Encodable>(
        _ value: Value, status: Int = 200, headers: HTTPFields = [:]
    ) throws -> Reply {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return json(bytes: [UInt8](try encoder.encode(value)), status: status, headers: headers)
    }

    /// Bytes that are already JSON.
    public static func json(bytes: [UInt8], status: Int = 200, headers: HTTPFields = [:]) -> Reply {
        var headers = headers
        headers[.contentType] = "application/json"
        return Reply(status: status, headers: headers, body: .bytes(bytes))
    }

    public static func empty(_ status: Int = 204, headers: HTTPFields = [:]) -> Reply {
        Reply(status: status, headers: headers)
    }
}
