import Access
import Clients
import Conventions
import Logging
import Model
public import Services
public import Settings

extension ServiceName {
    public static let image = ServiceName("image")
}

extension ImageService {
    /// This service in the control plane's list. Images are kept by whoever kept them, until an operator asks for this service.
    public static let room = ServiceRoom(
        settings: ServiceSettings(.image, title: "the image service", isStandard: false) { ImageSettings(&$0) },
        migrations: ImageMigrations.all,
        policy: PolicyTable(ImagePolicy.rules, wording: .image),
        catalog: CatalogPlace(type: "image", name: "glance", path: "/image"),
        limits: [
            RegisteredLimit(ImageLimits.Resource.size.rawValue, 100 * 1024),
            RegisteredLimit(ImageLimits.Resource.staged.rawValue, 100 * 1024),
            RegisteredLimit(ImageLimits.Resource.count.rawValue, 1000),
            RegisteredLimit(ImageLimits.Resource.uploading.rawValue, 20),
        ],
        open: { surroundings in try await hosted(in: surroundings) })

    /// Nothing is hosted where the service is not enabled: it need not have a folder there.
    private static func hosted(in surroundings: ServiceSurroundings) async throws -> HostedService {
        let settings = surroundings.settings
        guard settings.services.enabled.contains(.image) else { return HostedService(apis: { _, _ in [] }) }
        let section: ImageSettings = settings.section(of: .image)
        let service = ImageService(
            store: surroundings.store, workflows: surroundings.workflows, stores: try StoreShelf(section, settings),
            options: ImageOptions(section), certificates: surroundings.certificateSecrets,
            limits: try limits(section, surroundings), rules: WebRules(section), logger: surroundings.logger)
        try await service.admitStores()
        return HostedService(
            apis: { authenticator, authorizer in
                [service.service(authenticator: authenticator, authorizer: authorizer)]
            },
            background: background(service, section, surroundings.logger),
            dependencies: { service.storeConditions.map { Dependency($0) } })
    }

    /// Nil where there are none.
    private static func limits(
        _ section: ImageSettings, _ surroundings: ServiceSurroundings
    ) throws(Fault) -> (any ProjectLimits)? {
        guard section.limits == .unified else { return nil }
        return UnifiedLimits(
            quota: try surroundings.quota(ofServiceType: room.catalog.type, askedBy: "image.limits"))
    }

    private static func background(
        _ service: ImageService, _ section: ImageSettings, _ logger: Logger
    ) -> [BackgroundTask] {
        var tasks = [
            BackgroundTask.repeating("data of images", every: .seconds(30), service.sweep) { reason in
                logger.warning("data of images cannot be swept", metadata: ["error": "\(reason)"])
            },
            BackgroundTask.repeating("readers of images", every: ImageService.readingInterval, service.holdReadings) {
                reason in
                logger.warning("readers of images cannot be noted", metadata: ["error": "\(reason)"])
            },
        ]
        for name in service.storeNames {
            tasks.append(
                BackgroundTask.repeating("store '\(name)' of images", every: ImageService.lookingInterval) {
                    await service.lookAtStore(name)
                } failed: { _ in
                })
        }
        if section.checkInterval > .zero {
            tasks.append(
                BackgroundTask.repeating("checks of images", every: .seconds(60), service.checkStores) { reason in
                    logger.warning("stored data of images cannot be checked", metadata: ["error": "\(reason)"])
                })
        }
        return tasks
    }
}

extension Dependency {
    fileprivate init(_ condition: StoreCondition) {
        let isStaging = condition.name == StoreShelf.stagingName
        self.init(
            isStaging ? "staging area of images" : "image store '\(condition.name)'", trouble: condition.trouble)
    }
}

extension ImageOptions {
    fileprivate init(_ section: ImageSettings) {
        self.init()
        diskFormats = section.diskFormats
        containerFormats = section.containerFormats
        largestImage = section.largestImage
        storageQuota = section.storageQuota
        mostProperties = section.mostProperties
        mostTags = section.mostTags
        mostMembers = section.mostMembers
        pageSize = section.pageSize
        largestPage = section.largestPage
        silence = section.uploadSilence
        if section.checkInterval > .zero { checkInterval = section.checkInterval }
        checkRate = section.checkRate << 20
        if section.linkLifetime > .zero { linkLifetime = section.linkLifetime }
        importMethods = section.importMethods
        allowsPartialSignatures = section.allowsPartialSignatures
        requiresFormatMatch = section.requiresFormatMatch
        toleratesPartitionTables = section.toleratesPartitionTables
    }
}

extension WebRules {
    fileprivate init(_ section: ImageSettings) {
        self.init()
        allowedHosts = Set(section.allowedHosts.map { $0.lowercased() })
        refusedHosts = Set(section.refusedHosts.map { $0.lowercased() })
    }
}
