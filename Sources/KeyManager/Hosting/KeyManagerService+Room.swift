import Access
import Clients
import Model
public import Services
public import Settings

extension ServiceName {
    public static let keyManager = ServiceName("key_manager")
}

extension KeyManagerService {
    /// This service in the control plane's list. Secrets are kept by whoever kept them, until an operator asks for this service.
    public static let room = ServiceRoom(
        settings: ServiceSettings(.keyManager, title: "the key manager", isStandard: false) { KeyManagerSettings(&$0) },
        migrations: KeyManagerMigrations.all,
        policy: PolicyTable(KeyManagerPolicy.rules, wording: .keyManager),
        catalog: CatalogPlace(type: "key-manager", name: "barbican", path: "/key-manager"),
        open: { surroundings in try await hosted(in: surroundings) })

    /// Nothing is hosted where the service is not enabled: it need not have a folder there.
    private static func hosted(in surroundings: ServiceSurroundings) async throws(Fault) -> HostedService {
        guard let folder = try MasterKeyPlace.folder(surroundings.settings) else {
            return HostedService(apis: { _, _ in [] })
        }
        let section: KeyManagerSettings = surroundings.settings.section(of: .keyManager)
        let service = try await KeyManagerService(
            store: surroundings.store, masterKeys: folder, options: KeyManagerOptions(section))
        surroundings.offers.offer(
            LocalCertificateSecrets(service, authorizer: surroundings.authorizer(.keyManager)),
            as: (any CertificateSecrets).self)
        return HostedService(
            apis: { authenticator, authorizer in
                [service.service(authenticator: authenticator, authorizer: authorizer)]
            },
            prepare: { try await service.checkMasterKeys() })
    }
}

extension KeyManagerOptions {
    fileprivate init(_ section: KeyManagerSettings) {
        self.init()
        largestSecret = section.largestSecret
        pageSize = section.pageSize
        largestPage = section.largestPage
        mostSecrets = section.mostSecrets
    }
}
