import Accelerators
public import Model
import Sanitisation
public import Settings

/// The keys of sanitisation certificates, for operators.
public enum CertificateKeys {
    /// Creates a new signing key; returns the folder. Throws 400 if the settings name none.
    public static func rotate(_ settings: Settings) async throws(Fault) -> String {
        guard let folder = CertificateKeyPlace.folder(settings) else {
            throw .badRequest("accelerator.certificate_keys names no folder.")
        }
        try await CertificateKeyring.rotate(folder: folder)
        return folder
    }
}
