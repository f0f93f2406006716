import Model

/// The bytes of a payload inside its envelope, version 1:
///
///     version │ scope and flags │ methods │ issued, 8 │ expires, 8 │ user │ scope's id │ credential │ count │ audit ids
///
/// Times are microseconds, big-endian. An id of 32 lower-case hexadecimal digits is a 0 and 16 bytes, another one its
/// length (1 to 255) and its text. A program that meets a version it does not know refuses the token.
extension TokenPayload {
    static let version: UInt8 = 1
    private static let credentialFlag: UInt8 = 0x10

    /// Nil if an id is empty or longer than 255 bytes, or if there are more than 255 audit ids.
    var binary: [UInt8]? {
        var writer = BinaryWriter()
        writer.byte(Self.version)
        let kind: UInt8 =
            switch scope {
            case .unscoped: 0
            case .project: 1
            case .domain: 2
            case .system: 3
            }
        writer.byte(kind | (applicationCredential == nil ? 0 : Self.credentialFlag))
        writer.byte(methods.rawValue)
        writer.integer(issued.microseconds)
        writer.integer(expires.microseconds)
        writer.id(user.text)
        switch scope {
        case .project(let project): writer.id(project.text)
        case .domain(let domain): writer.id(domain.text)
        case .unscoped, .system: break
        }
        if let applicationCredential { writer.id(applicationCredential.text) }
        guard auditIDs.count <= 255 else { return nil }
        writer.byte(UInt8(auditIDs.count))
        for audit in auditIDs { writer.bytes += audit.bytes }
        return writer.isWhole ? writer.bytes : nil
    }

    /// Nil for another version, a malformed payload, or remaining bytes.
    init?(binary: [UInt8]) {
        var reader = BinaryReader(binary)
        guard
            reader.byte() == Self.version, let kind = reader.byte(), let methods = reader.byte(),
            let issued = reader.integer(), let expires = reader.integer(), let user = reader.id()
        else { return nil }
        switch kind & 0x0f {
        case 0: scope = .unscoped
        case 1:
            guard let project = reader.id() else { return nil }
            scope = .project(ProjectID(project))
        case 2:
            guard let domain = reader.id() else { return nil }
            scope = .domain(DomainID(domain))
        case 3: scope = .system
        default: return nil
        }
        if kind & Self.credentialFlag != 0 {
            guard let credential = reader.id() else { return nil }
            applicationCredential = ApplicationCredentialID(credential)
        }
        guard kind & 0xe0 == 0, let count = reader.byte() else { return nil }
        auditIDs = []
        for _ in 0..<count {
            guard let bytes = reader.take(16) else { return nil }
            auditIDs.append(AuditID(bytes: bytes))
        }
        guard reader.isAtEnd else { return nil }
        self.user = UserID(user)
        self.methods = Methods(rawValue: methods)
        self.issued = Timestamp(microseconds: issued)
        self.expires = Timestamp(microseconds: expires)
    }
}
