import HTTPTypes
import Model

/// The request id that a caller gave its request, so that it finds it in the logs of several services.
enum GivenRequestID {
    private static let longest = 64

    /// Nil where there is none, or none that can stand in a log.
    static func find(in headers: HTTPFields) -> RequestID? {
        guard let text = headers[.openStackRequestID], !text.isEmpty, text.utf8.count <= longest,
            text.utf8.allSatisfy({ isPlain($0) })
        else { return nil }
        return RequestID(text.hasPrefix("req-") ? text : "req-\(text)")
    }

    /// Throws 431 for one that is too long.
    static func check(_ headers: HTTPFields) throws(Fault) {
        guard let text = headers[.openStackRequestID], text.utf8.count > longest else { return }
        throw Fault(
            .headersTooLarge, "The request id has \(text.utf8.count) characters; at most \(longest) are possible.",
            field: "X-Openstack-Request-ID")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
