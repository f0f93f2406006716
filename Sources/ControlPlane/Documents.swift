import API
import Drivers
import FoundationEssentials
import Logging
import Model
import Settings
import Store

/// The documents that are made from the program itself and kept in `docs/`.
public enum Documents {
    /// Path below `docs/` and content of each.
    public static func all() async throws -> [(path: String, text: String)] {
        var documents: [(path: String, text: String)] = [
            ("configuration.md", SettingsReference.markdown()),
            ("drivers/support-matrix.md", DriverRegistry.standard.supportMatrix),
        ]
        for service in try await ControlPlane.described() {
            let bytes = OpenAPIDocument(service).json()
            documents.append(("openapi/\(service.name).json", String(decoding: bytes, as: UTF8.self) + "\n"))
        }
        return documents
    }
}

extension ControlPlane {
    /// Every service as it is mounted, over a database that lives for this call only.
    static func described() async throws -> [API.Service] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = try Settings(overrides: [
            "database.url": .text("sqlite://" + folder.appending(path: "state.sqlite").path),
            "identity.fernet_key_repository": .text(folder.appending(path: "token-keys").path),
            "agents.authority_folder": .text(folder.appending(path: "authority").path),
        ])
        let plane = try await ControlPlane.open(settings, Logger(label: "kilonova") { _ in SwiftLogNoOpLogHandler() })
        let services = plane.services
        await plane.engine.close()
        return services
    }
}
