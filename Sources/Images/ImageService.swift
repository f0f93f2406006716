public import API
public import Clients
public import Conventions
import ImageInspection
public import Logging
public import Model
public import NIOPosix
public import Store
public import Workflows

/// The image service: records of images, their sharing, and their data in stores.
///
///     HTTP ─▶ ImageEndpoints, MemberEndpoints, TagEndpoints ─▶ ImageBook, MemberBook ─▶ one transaction
///     PUT …/file ─▶ Uploader ─▶ DataIntake ─▶ ImageStore ─▶ UploadBook, ImageBook ────▶ one transaction each
///     journal ─▶ ImportWorkflow (whichever replica)
///     now and then ─▶ Sweeper ─▶ what dead uploads and deleted images left
///     now and then ─▶ CopyChecker ─▶ what is damaged in a store, repaired from another
///
/// Stateless: all it knows is in the database and in the stores.
public struct ImageService: Sendable {
    public let endpoints: [Endpoint]
    private let sweeper: Sweeper
    private let checker: CopyChecker
    private let register: StoreRegister
    private let shelf: StoreShelf
    private let watch: StoreWatch
    private let creations: Creations
    private let versions: VersionEndpoints

    /// - Parameters:
    ///   - workflows: gets this service's definitions; the caller runs it
    ///   - stores: where data go
    ///   - inspection: looks at the data of one image as they arrive; throws a `Fault` where that cannot be.
    ///     Nil tells their format, by `options`
    ///   - certificates: of signed images; nil where no key manager is known, and signed images are refused
    ///   - limits: of projects; nil for none
    ///   - rules: where data may be fetched from
    ///   - web: fetches them; nil is the network, by `rules`
    ///   - pool: threads that hash and inspect data
    public init(
        store: any StateStore, workflows: WorkflowEngine, stores: StoreShelf, options: ImageOptions = ImageOptions(),
        inspection: (@Sendable (DataClaim) async throws -> any DataInspection)? = nil,
        certificates: (any CertificateSecrets)? = nil, limits: (any ProjectLimits)? = nil, rules: WebRules = WebRules(),
        web: (any WebSource)? = nil,
        time: TimeSource = .system, ids: IDSource = .random,
        pool: NIOThreadPool = .singleton, logger: Logger
    ) {
        let limits = ImageLimits(limits ?? Unlimited(), isOn: limits != nil)
        let rule = UploadRule(
            requiresMatch: options.requiresFormatMatch, toleratesPartitionTables: options.toleratesPartitionTables)
        let transfer = DataTransfer(
            store: store, options: options, inspection: inspection ?? { FormatInspection($0, rule) }, time: time,
            ids: ids,
            pool: pool, logger: logger)
        let signatures = SignatureCheck(
            certificates: certificates, allowsPart: options.allowsPartialSignatures, time: time)
        workflows.register(
            ImportWorkflow(shelf: stores, transfer: transfer, signatures: signatures, web: web ?? WebDownload(rules))
                .definition)
        let creations = Creations(of: "image", store: store, time: time)
        self.creations = creations
        let versions = VersionEndpoints(hasStores: stores.isPlural)
        self.versions = versions
        sweeper = Sweeper(store: store, shelf: stores, options: options, time: time)
        checker = CopyChecker(
            store: store, shelf: stores, options: options, time: time, ids: ids, pool: pool, logger: logger)
        register = StoreRegister(store: store, ids: ids, logger: logger)
        shelf = stores
        watch = StoreWatch(stores, time: time, logger: logger)
        let parts: [[Endpoint]] = [
            versions.all,
            ImageEndpoints(
                store: store, creations: creations, options: options, stores: stores, limits: limits, time: time,
                ids: ids
            ).all,
            DataEndpoints(
                store: store, options: options, shelf: stores,
                uploader: Uploader(transfer: transfer, signatures: signatures), limits: limits, logger: logger
            ).all,
            ImportEndpoints(
                store: store, options: options, shelf: stores, limits: limits, rules: rules, signatures: signatures,
                journal: workflows.journal, time: time, ids: ids
            ).all,
            LocationEndpoints(
                store: store, options: options, shelf: stores, limits: limits, rules: rules, signatures: signatures,
                journal: workflows.journal, time: time, ids: ids
            ).all,
            TaskEndpoints(
                store: store, options: options,
                creation: TaskCreation(
                    store: store, options: options, shelf: stores, limits: limits, rules: rules, signatures: signatures,
                    journal: workflows.journal, time: time, ids: ids)
            ).all,
            ActionEndpoints(store: store, time: time).all,
            TagEndpoints(store: store, options: options, time: time).all,
            MemberEndpoints(store: store, options: options, time: time).all,
            SchemaEndpoints(options: options).all,
            DefinitionEndpoints(store: store, options: options, time: time).all, CacheEndpoints.all,
            InformationEndpoints(store: store, options: options, shelf: stores, limits: limits).all,
        ]
        endpoints = parts.flatMap { $0 }
    }

    /// Gives dead uploads up, and removes data that no image has any more and keys that stand for nothing. Call it now and then, on any
    /// replica.
    public func sweep() async throws {
        try await sweeper.sweep()
        try await creations.sweep()
    }

    /// Says which data are read through this process, so that no replica removes them meanwhile. Call it every
    /// `readingInterval`, on each replica.
    func holdReadings() async throws { try await sweeper.holdReadings() }

    /// Between two calls of `holdReadings`: a reading that begins is told several times before its data could go.
    static let readingInterval = Duration.seconds(20)

    /// Reads stored data again that were not checked for `ImageOptions.checkInterval`, marks what is damaged, and repairs it from sound
    /// copies. Call it now and then, on any replica. Throws where a store cannot be read at the moment.
    func checkStores() async throws { try await checker.checkDue() }

    /// Holds each store against the mark on its medium. Call it before the first request. Throws 400, with what would be right, where a
    /// medium is not the one that it was, or cannot be used.
    func admitStores() async throws {
        for entry in shelf.everything { try await register.admit(entry) }
    }

    /// The names of its stores, for `lookAtStore`.
    var storeNames: [StoreName] { shelf.everything.map(\.name) }

    /// Tries whether data can be read from and written to a store. Call it every `lookingInterval`, for each store by itself: one that hangs
    /// keeps no other waiting.
    func lookAtStore(_ name: StoreName) async { await watch.look(at: name) }

    static let lookingInterval = Duration.seconds(30)

    /// What the last looks found.
    var storeConditions: [StoreCondition] { watch.conditions }

    /// The service as the dispatcher mounts it, at `/image`.
    public func service(authenticator: any Authenticator, authorizer: any Authorizer) -> Service {
        let versions = versions
        return Service(
            name: "image", title: "Image API", prefix: "/image", family: ImageFamily(), endpoints: endpoints,
            authenticator: authenticator, authorizer: authorizer, rewrite: { path in versions.rewrite(path) })
    }
}
