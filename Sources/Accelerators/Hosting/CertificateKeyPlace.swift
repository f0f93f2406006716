import FoundationEssentials
import Logging
import Model
import Sanitisation
public import Settings

/// Where the keys of sanitisation certificates are, according to the settings.
public enum CertificateKeyPlace {
    /// The configured folder, otherwise a folder beside an SQLite database; nil without either.
    public static func folder(_ settings: Settings) -> String? {
        if let folder = settings.accelerator.certificateKeys { return folder }
        guard let file = settings.database.file else { return nil }
        return URL(filePath: file).deletingLastPathComponent().appending(path: "certificate-keys").path
    }

    /// Nil where no certificates are issued.
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
}
