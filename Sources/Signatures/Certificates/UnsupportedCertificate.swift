import SwiftASN1

/// Says by name what makes a certificate unusable that the library does not read.
enum UnsupportedCertificate {
    private static let keys: [ASN1ObjectIdentifier: String] = [
        [1, 2, 840, 10040, 4, 1]: "DSA", [1, 2, 840, 113549, 1, 1, 10]: "RSA for PSS alone",
        [1, 2, 840, 113549, 1, 1, 1]: "RSA of under 2,048 bits, or damaged", [1, 3, 101, 113]: "Ed448",
    ]
    private static let elliptic: ASN1ObjectIdentifier = [1, 2, 840, 10045, 2, 1]
    private static let curves: [ASN1ObjectIdentifier: String] = [
        [1, 3, 132, 0, 36]: "on the binary curve sect409k1", [1, 3, 132, 0, 37]: "on the binary curve sect409r1",
        [1, 3, 132, 0, 38]: "on the binary curve sect571k1", [1, 3, 132, 0, 39]: "on the binary curve sect571r1",
    ]
    private static let supportedCurves: Set<ASN1ObjectIdentifier> = [
        [1, 2, 840, 10045, 3, 1, 7], [1, 3, 132, 0, 34], [1, 3, 132, 0, 35],
    ]
    private static let signatures: [ASN1ObjectIdentifier: String] = [
        [1, 2, 840, 10045, 4, 3, 1]: "ECDSA with SHA-224", [1, 2, 840, 10045, 4, 1]: "ECDSA with SHA-1",
        [1, 2, 840, 113549, 1, 1, 14]: "RSA with SHA-224", [1, 2, 840, 113549, 1, 1, 10]: "RSA-PSS",
        [1, 2, 840, 113549, 1, 1, 4]: "RSA with MD5", [1, 2, 840, 10040, 4, 3]: "DSA with SHA-1",
        [2, 16, 840, 1, 101, 3, 4, 3, 1]: "DSA with SHA-224", [2, 16, 840, 1, 101, 3, 4, 3, 2]: "DSA with SHA-256",
    ]

    /// - Parameter bytes: DER
    static func fault(_ bytes: [UInt8]) -> CertificateFault {
        guard let whole = try? DER.parse(bytes), let parts = children(whole), parts.count == 3,
            let fields = children(parts[0])
        else { return .unreadable }
        // Without its version, which has a tag of its own, come serial number, signature, issuer, dates, subject, key.
        let rest = fields.first?.identifier.tagClass == .contextSpecific ? fields.dropFirst() : fields[...]
        guard rest.count >= 6, let key = children(rest[rest.startIndex + 5])?.first, let kind = children(key),
            let algorithm = identifier(kind.first), let signing = identifier(children(parts[1])?.first)
        else { return .unreadable }
        if algorithm == elliptic {
            guard let curve = identifier(kind.dropFirst().first) else { return .unsupportedKey("on an unnamed curve") }
            if !supportedCurves.contains(curve) { return .unsupportedKey(curves[curve] ?? "on the curve \(curve)") }
        } else if let name = keys[algorithm], signatures[signing] == nil || algorithm != rsa {
            return .unsupportedKey(name)
        }
        return signatures[signing].map { .unsupportedSignature($0) } ?? .unreadable
    }

    private static let rsa: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 1, 1]

    private static func children(_ node: ASN1Node) -> [ASN1Node]? {
        guard case .constructed(let nodes) = node.content else { return nil }
        return Array(nodes)
    }

    private static func identifier(_ node: ASN1Node?) -> ASN1ObjectIdentifier? {
        node.flatMap { try? ASN1ObjectIdentifier(derEncoded: $0) }
    }
}
