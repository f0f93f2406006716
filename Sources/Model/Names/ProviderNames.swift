import FoundationEssentials

/// Names and ids of resource providers as Cyborg makes them, so that a cloud can be taken over without creating new
/// providers.
public enum ProviderNames {
    /// The id of the provider called `name`: UUID version 3 in the DNS namespace (RFC 9562, 5.3).
    public static func identifier(ofProvider name: String) -> ResourceProviderID {
        let dns: [UInt8] = [
            0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
        ]
        var hash = MD5.digest(dns + Array(name.utf8))
        hash[6] = hash[6] & 0x0f | 0x30
        hash[8] = hash[8] & 0x3f | 0x80
        return ResourceProviderID(
            UUID(
                uuid: (
                    hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7], hash[8], hash[9], hash[10],
                    hash[11], hash[12], hash[13], hash[14], hash[15]
                )))
    }

    /// The name of a deployable that is one PCI function.
    public static func function(_ address: PCIAddress, on host: HostName) -> String { "\(host)_\(address)" }

    /// Replaces every character except ASCII letters, digits, `-` and `_` by `_`.
    public static func plain(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { scalar in
                    switch scalar {
                    case "a"..."z", "A"..."Z", "0"..."9", "-", "_": scalar
                    default: "_"
                    }
                }))
    }

    /// Upper case, with every character that resource classes and traits may not contain replaced by `_`.
    public static func symbol(_ text: String) -> String {
        String(
            decoding: text.utf8.map { byte -> UInt8 in
                switch byte {
                case 97...122: byte - 32
                case 65...90, 48...57, 95: byte
                default: 95
                }
            }, as: UTF8.self)
    }
}
