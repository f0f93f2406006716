import API
import Drivers
import FoundationEssentials
import Logging
import Model
import Settings
import Store

/// The documents that are generated from the program and kept in `docs/`.
public enum Documents {
    /// The path below `docs/` and the content of each document.
    public static func all() async throws -> [(path: String, text: String)] {
        var documents: [(path: String, text: String)] = [
            ("configuration.md", SettingsReference.markdown(ServiceList.settings)),
            ("drivers/support-matrix.md", DriverRegistry.standard.supportMatrix),
        ]
        for service in try await ControlPlane.described() {
            let bytes = OpenAPIDocument(service, version: service.versions.last?.number).json()
            documents.append(("openapi/\(service.name).json", String(decoding: bytes, as: UTF8.self) + "\n"))
            if let page = VersionPage(service).markdown() { documents.append(("versions/\(service.name).md", page)) }
        }
        return documents
    }

    /// The OpenAPI document of a service in one version.
    ///
    /// - Parameter name: `placement@1.20`; without a version, the newest. Throws 404 where there is no such service or version
    public static func openAPI(_ name: String) async throws -> String {
        let parts = name.split(separator: "@", maxSplits: 1).map(String.init)
        let services = try await ControlPlane.described()
        guard let service = services.first(where: { $0.name == parts.first }) else {
            throw Fault.notFound(
                "There is no service '\(parts.first ?? "")'; there are \(services.map(\.name).joined(separator: ", "))."
            )
        }
        let newest = service.family.maximum
        let oldest = service.family.minimum
        guard let version = parts.count == 2 ? Microversion(parts[1]) : newest, oldest <= version, version <= newest
        else {
            throw Fault.notFound(
                "The service '\(service.name)' has no version '\(parts[1])'; it has \(oldest) to \(newest).")
        }
        return String(decoding: OpenAPIDocument(service, version: version).json(), as: UTF8.self)
    }
}

extension ControlPlane {
    /// Every service as it is mounted, over a database that exists only for this call.
    static func described() async throws -> [API.Service] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = try Settings(overrides: [
            "services.enabled": .list(ServiceList.settings.map { .text($0.name.text) }),
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
