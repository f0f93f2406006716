import Accelerators
import Identity
import KeyManager
import Model
public import Settings

/// One part of a control plane's state on its disk, and its name within a backup.
struct BackupPart: Sendable {
    enum Content: Sendable {
        case database
        case file
        /// The plain files of a folder.
        case folder
    }

    /// The name within the backup.
    let name: String
    /// The path in the settings.
    let place: String
    let content: Content

    static let databaseName = "kilonova.sqlite"

    /// Everything that cannot be created again, at its places in the settings.
    static func all(_ state: BackedUpState) throws(Fault) -> [BackupPart] {
        let settings = state.settings
        var parts: [BackupPart] = []
        if let file = settings.database.file {
            parts.append(BackupPart(name: databaseName, place: file, content: .database))
        }
        // After the database: a key that signed something in it is there, too.
        if settings.auth.strategy == .embedded || settings.identity.fernetKeys != nil {
            parts.append(
                BackupPart(name: "token-keys", place: try EmbeddedIdentity.keyFolder(settings), content: .folder))
        }
        if let folder = CertificateKeyPlace.folder(settings) {
            parts.append(BackupPart(name: "certificate-keys", place: folder, content: .folder))
        }
        if let folder = try MasterKeyPlace.folder(settings) {
            parts.append(BackupPart(name: "master-keys", place: folder, content: .folder))
        }
        if let folder = settings.agents.authorityFolder {
            parts.append(BackupPart(name: "agents-authority", place: folder, content: .folder))
        }
        if let folder = state.dataFolder {
            for name in ["admin-password", "demo-password", "service-password"] {
                parts.append(BackupPart(name: name, place: "\(folder)/\(name)", content: .file))
            }
        }
        return parts
    }
}

/// The state that is backed up or restored.
public struct BackedUpState: Sendable {
    let settings: Settings
    /// The data folder of `kilonova dev`; nil for `kilonova server`.
    let dataFolder: String?

    /// The state of `kilonova server` with these settings.
    public init(server settings: Settings) {
        self.settings = settings
        dataFolder = nil
    }

    /// The state of `kilonova dev` in `folder`.
    public init(
        dataFolder folder: String, configuration: (text: String, name: String)?, environment: [String: String]
    ) throws(SettingsFault) {
        let folder = DataFolder.absolute(folder)
        settings = try Settings(
            file: configuration, environment: environment, overrides: DataFolder.overrides(folder))
        dataFolder = folder
    }
}
