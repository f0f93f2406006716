import KeyManager
public import Logging
import Model
public import Settings
import Store

/// The master keys of the key manager, for operators.
public enum MasterKeys {
    /// Makes a new key, and wraps the keys of all secrets with it; the control plane may run meanwhile. Returns the folder of the keys,
    /// and how many secrets another key held before.
    ///
    /// Throws 400 if the settings name no key manager, or the folder cannot be used.
    ///
    /// - Parameter makesKey: false goes on with the newest key that there is
    public static func rotate(
        _ settings: Settings, makesKey: Bool, logger: Logger
    ) async throws -> (folder: String, secrets: Int) {
        guard let folder = try MasterKeyPlace.folder(settings) else {
            throw Fault.badRequest("services.enabled does not name key_manager, whose master keys these are.")
        }
        let store = try await StoreOpening.open(settings.database, ServiceList.all, logger)
        do {
            let count = try await MasterKeyRotation(store: store, folder: folder).run(makesKey: makesKey)
            await store.close()
            return (folder, count)
        } catch {
            await store.close()
            throw error
        }
    }
}
