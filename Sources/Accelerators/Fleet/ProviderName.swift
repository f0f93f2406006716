import Crypto
import FoundationEssentials
import Model

/// The name from which a resource provider's id was derived, and the host to which the name belongs.
///
/// Hosts derive their providers' ids from names that begin with their own name (UUID version 3 in the DNS namespace).
/// Anybody can compute such an id in advance, so it is accepted only from the host whose name it contains.
enum ProviderName {
    /// Whether an id was derived from a name; other ids cannot be computed in advance.
    static func isNamed(_ provider: ResourceProviderID) -> Bool { provider.uuid.uuid.6 >> 4 == 3 }

    static func identifies(_ name: String, _ provider: ResourceProviderID) -> Bool {
        // RFC 9562, 6.6: the DNS namespace.
        let dns: [UInt8] = [
            0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
        ]
        var hash = Array(Insecure.MD5.hash(data: Data(dns + Array(name.utf8))))
        hash[6] = hash[6] & 0x0f | 0x30
        hash[8] = hash[8] & 0x3f | 0x80
        let id = provider.uuid.uuid
        return hash == [
            id.0, id.1, id.2, id.3, id.4, id.5, id.6, id.7, id.8, id.9, id.10, id.11, id.12, id.13, id.14, id.15,
        ]
    }

    /// Whether `name` belongs to `host`: `host_…`, or the same with every character except letters, digits, `-` and `_`
    /// replaced by `_`.
    static func isOf(_ host: HostName, _ name: String) -> Bool {
        name.hasPrefix("\(host)_") || name.hasPrefix("\(plain(host))_")
    }

    static func plain(_ host: HostName) -> String {
        String(
            String.UnicodeScalarView(
                host.text.unicodeScalars.map { scalar in
                    switch scalar {
                    case "a"..."z", "A"..."Z", "0"..."9", "-", "_": scalar
                    default: "_"
                    }
                }))
    }
}
