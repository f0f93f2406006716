import FoundationEssentials
public import Model
public import Settings

/// Where the master keys are, according to the settings.
public enum MasterKeyPlace {
    /// Nil where this process has no key manager. Throws 400 where nothing says in which folder the keys are.
    public static func folder(_ settings: Settings) throws(Fault) -> String? {
        guard settings.services.enabled.contains(.keyManager) else { return nil }
        let section: KeyManagerSettings = settings.section(of: .keyManager)
        if let folder = section.masterKeys { return folder }
        guard let file = settings.database.file else {
            throw .badRequest(
                "key_manager.master_keys is needed with a PostgreSQL database: a folder of keys that all replicas share."
            )
        }
        return URL(filePath: file).deletingLastPathComponent().appending(path: "master-keys").path
    }
}
