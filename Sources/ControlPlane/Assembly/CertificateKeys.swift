import Accelerators
import FoundationEssentials
import Logging
public import Model
import Sanitisation
public import Settings

/// The keys of sanitisation certificates, according to the settings.
public enum CertificateKeys {
    /// The configured folder, otherwise a folder beside an SQLite database; nil without either.
    static func folder(_ settings: Settings) -> String? {
        if let folder = settings.accelerator.certificateKeys { return folder }
        guard let file = settings.database.file else { return nil }
        return URL(filePath: file).deletingLastPathComponent().appending(path: "certificate-keys").path
    }

    static func open(_ settings: Settings, _ logger: Logger) async throws(Fault) -> CertificateKeyring? {
        guard settings.services.enabled.contains(.accelerator) else { return nil }
        guard let folder = folder(settings) else {
            logger.warning(
                "no sanitisation certificates are issued: accelerator.certificate_keys names no folder of keys that all replicas share"
            )
            return nil
        }
        return try await CertificateKeyring.loadOrCreate(folder: folder)
    }

    /// Creates a new signing key; returns the folder. Throws 400 if the settings name none.
    public static func rotate(_ settings: Settings) async throws(Fault) -> String {
        guard let folder = folder(settings) else {
            throw .badRequest("accelerator.certificate_keys names no folder.")
        }
        try await CertificateKeyring.rotate(folder: folder)
        return folder
    }
}
