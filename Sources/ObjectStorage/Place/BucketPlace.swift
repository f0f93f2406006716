import FoundationEssentials
import Model

/// Where a bucket is: the store's address, and how the bucket is named in requests.
public struct BucketPlace: Sendable {
    /// How a request names its bucket.
    public enum Style: String, Sendable, CaseIterable {
        /// In the path: `https://store.example/images/key`.
        case path
        /// In the host's name: `https://images.store.example/key`.
        case virtual
    }

    let bucket: String
    let region: String
    /// `https` or `http`.
    private let scheme: String
    /// With the port where it is not the scheme's own.
    let host: String
    /// Percent-encoded, without a slash at its end.
    private let base: String

    /// Nil where `address` is no `http` or `https` address of a host, or `bucket` no name of a bucket.
    ///
    /// - Parameter address: of the store: `https://store.example`, perhaps with a port and a path
    public init?(address: String, bucket: String, region: String, style: Style) {
        guard let url = URL(string: address), let scheme = url.scheme?.lowercased(), let name = url.host(),
            !name.isEmpty, ["http", "https"].contains(scheme), url.user() == nil, url.query() == nil,
            url.fragment() == nil, Self.isName(bucket)
        else { return nil }
        let standard = scheme == "https" ? 443 : 80
        let port = url.port.flatMap { $0 == standard ? nil : ":\($0)" } ?? ""
        let above = url.path(percentEncoded: true)
        let path = above.hasSuffix("/") ? String(above.dropLast()) : above
        self.bucket = bucket
        self.region = region
        self.scheme = scheme
        switch style {
        case .path:
            host = name.lowercased() + port
            base = "\(path)/\(bucket)"
        case .virtual:
            host = "\(bucket).\(name.lowercased())\(port)"
            base = path
        }
    }

    /// Percent-encoded; that of the bucket itself where there is no key.
    func path(_ key: ObjectKey?) -> String {
        guard let key else { return base.isEmpty ? "/" : base }
        let segments = key.text.split(separator: "/", omittingEmptySubsequences: false)
        return "\(base)/\(segments.map { String($0).percentEncoded }.joined(separator: "/"))"
    }

    func url(_ path: String, query: String) -> String {
        "\(scheme)://\(host)\(path)\(query.isEmpty ? "" : "?\(query)")"
    }

    /// Letters, digits, dots and hyphens: what stands in a host's name and needs no escape in a path.
    private static func isName(_ bucket: String) -> Bool {
        (3...63).contains(bucket.utf8.count)
            && bucket.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
