import FoundationEssentials
public import Model

/// Reads secrets from files; a parameter, so that tests need no disk.
public protocol SecretFiles: Sendable {
    /// The file's text without the line end. Throws the reason if it cannot be read.
    func secret(at path: String) throws(SecretFileFault) -> Secret
}

/// Why a secret cannot be read; completes the sentence "the file, which ...".
public struct SecretFileFault: Error, Sendable {
    public let reason: String

    public init(_ reason: String) {
        self.reason = reason
    }
}

/// Reads files on disk. A file that all users may read, or that is empty, is refused.
public struct DiskSecretFiles: SecretFiles {
    public init() {}

    public func secret(at path: String) throws(SecretFileFault) -> Secret {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            if let mode = attributes[.posixPermissions] as? Int, mode & 0o007 != 0 {
                throw SecretFileFault("all users of this machine may read; change that with chmod o=")
            }
        } catch let fault as SecretFileFault {
            throw fault
        } catch {
            throw SecretFileFault("cannot be read")
        }
        guard let text = String(bytes: data, encoding: .utf8) else { throw SecretFileFault("is not text") }
        var secret = Substring(text)
        while secret.last?.isNewline == true { secret.removeLast() }
        guard !secret.isEmpty else { throw SecretFileFault("is empty") }
        return Secret(String(secret))
    }
}
