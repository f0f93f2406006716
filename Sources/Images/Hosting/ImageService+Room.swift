import Access
import Clients
import Conventions
import FoundationEssentials
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
        open: { surroundings in try hosted(in: surroundings) })

    /// Nothing is hosted where the service is not enabled: it need not have a folder there.
    private static func hosted(in surroundings: ServiceSurroundings) throws(Fault) -> HostedService {
        let settings = surroundings.settings
        guard settings.services.enabled.contains(.image) else { return HostedService(apis: { _, _ in [] }) }
        let section: ImageSettings = settings.section(of: .image)
        let folder = try folder(section, settings)
        let shelf = StoreShelf(
            [.init("file", FileStore(root: "\(folder)/file"))], staging: FileStore(root: "\(folder)/staging"))
        let service = ImageService(
            store: surroundings.store, workflows: surroundings.workflows, stores: shelf,
            options: ImageOptions(section), limits: try limits(section, surroundings), rules: WebRules(section),
            logger: surroundings.logger)
        return HostedService(
            apis: { authenticator, authorizer in
                [service.service(authenticator: authenticator, authorizer: authorizer)]
            },
            background: [sweeping(service, surroundings.logger)])
    }

    /// Throws 400 where nothing says in which folder data go.
    private static func folder(_ section: ImageSettings, _ settings: Settings) throws(Fault) -> String {
        if let folder = section.folder { return folder }
        guard let file = settings.database.file else {
            throw .badRequest(
                "image.filesystem_store_datadir is needed with a PostgreSQL database: a folder that all replicas share."
            )
        }
        return URL(filePath: file).deletingLastPathComponent().appending(path: "images").path
    }

    /// Nil where there are none.
    private static func limits(
        _ section: ImageSettings, _ surroundings: ServiceSurroundings
    ) throws(Fault) -> (any ProjectLimits)? {
        guard section.limits == .unified else { return nil }
        return UnifiedLimits(
            quota: try surroundings.quota(ofServiceType: room.catalog.type, askedBy: "image.limits"))
    }

    /// Gives dead uploads up, and removes data that no image has any more.
    private static func sweeping(_ service: ImageService, _ logger: Logger) -> BackgroundTask {
        BackgroundTask("data of images") {
            while true {
                do {
                    try await service.sweep()
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    logger.warning("data of images cannot be swept", metadata: ["error": "\(error)"])
                }
                try await Task.sleep(for: .seconds(30))
            }
        }
    }
}

extension ImageOptions {
    fileprivate init(_ section: ImageSettings) {
        self.init()
        diskFormats = section.diskFormats
        containerFormats = section.containerFormats
        largestImage = section.largestImage
        mostProperties = section.mostProperties
        mostTags = section.mostTags
        mostMembers = section.mostMembers
        pageSize = section.pageSize
        largestPage = section.largestPage
        silence = section.uploadSilence
        importMethods = section.importMethods
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
