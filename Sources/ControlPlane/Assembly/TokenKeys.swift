import Access
import Identity
public import Model
public import Settings

/// The keys of the embedded identity service's tokens, for operators.
public enum TokenKeys {
    /// Makes the staged key sign tokens, and stages a new key; returns the folder.
    ///
    /// Throws 400 if the settings name no folder, or the folder cannot be used.
    ///
    /// - Parameters:
    ///   - folder: overrides the settings' folder
    ///   - keep: how many keys stay, including the staged one
    public static func rotate(_ settings: Settings, in folder: String?, keep: Int) async throws(Fault) -> String {
        let folder: String = if let folder { folder } else { try EmbeddedIdentity.keyFolder(settings) }
        do {
            try await FernetKeyring.rotate(folder: folder, maxActive: keep)
        } catch let error as KeyringError {
            throw .badRequest(error.description)
        } catch {
            throw .badRequest(
                "The keys in '\(folder)' cannot be rotated; the folder must belong to the service's user.")
        }
        return folder
    }
}
