import Access
import Clients
import Conventions
import Fleet
import Logging
import Model
import Sanitisation
public import Services
import Settings

extension AcceleratorService {
    /// This service in the control plane's list.
    public static let room = ServiceRoom(
        settings: ServiceSettings(.accelerator, title: "the accelerator service") { AcceleratorSettings(&$0) },
        migrations: AcceleratorMigrations.all + SanitisationMigrations.all,
        policy: PolicyTable(AcceleratorPolicy.rules, wording: .accelerator),
        catalog: CatalogPlace(type: "accelerator", name: "cyborg", path: "/accelerator/v2"),
        limits: DefaultLimits.all.map { RegisteredLimit($0.resource, $0.limit) },
        open: { surroundings in try await hosted(in: surroundings) })

    private static func hosted(in surroundings: ServiceSurroundings) async throws -> HostedService {
        let section = surroundings.settings.accelerator
        let certificates = try await CertificateKeyPlace.open(surroundings.settings, surroundings.logger)
        let service = AcceleratorService(
            store: surroundings.store, workflows: surroundings.workflows, dispatch: surroundings.dispatch,
            events: try events(section, surroundings),
            placement: surroundings.client((any PlacementClient).self) {
                RESTPlacementClient(peer: $0.peer(.placement))
            },
            limits: try limits(section, surroundings), certificates: certificates,
            images: surroundings.neighbours.map { RESTImageSource(peer: $0.peer(.image)) },
            imageCertificates: imageCertificates(surroundings),
            requiresSignedImages: section.imageSignatures == .required,
            durations: BindingDurations(
                preparation: section.bindTimeout, answer: section.bindWait, cleaning: section.cleaningTimeout,
                notification: section.eventTimeout, silence: section.hostSilence, audit: section.auditAge,
                programming: section.programTimeout, programmingAnswer: section.programWait),
            feed: surroundings.feed, logger: surroundings.logger)
        if surroundings.settings.services.enabled.contains(.accelerator) {
            surroundings.offers.offer(LocalAcceleratorClient(service), as: (any AcceleratorWrites).self)
        }
        return HostedService(
            apis: { authenticator, authorizer in
                [service.service(authenticator: authenticator, authorizer: authorizer)]
            },
            background: background(service, certificates, surroundings.logger), parties: [service.fleet])
    }

    /// What fetches the certificates of signed images; nil where there is no key manager.
    private static func imageCertificates(
        _ surroundings: ServiceSurroundings
    ) -> (@Sendable (_ id: String, _ caller: Caller) async throws(Fault) -> [UInt8])? {
        guard let secrets = surroundings.certificateSecrets else { return nil }
        return { (text, caller) async throws(Fault) in
            guard let id = SecretID(text) else {
                throw .conflict(
                    "'\(text.shown)' is no id of a secret, which 'img_signature_certificate_uuid' must be. Nothing was changed."
                )
            }
            return try await secrets.certificate(id, for: caller)
        }
    }

    /// Notifies Nova of bound accelerator requests; nil if it is not configured.
    private static func events(
        _ section: AcceleratorSettings, _ surroundings: ServiceSurroundings
    ) throws(Fault) -> (any ComputeEvents)? {
        guard section.notifiesCompute else { return nil }
        guard let neighbours = surroundings.neighbours else {
            throw .badRequest(
                "accelerator.notify_nova needs a catalog that names Nova: that of the keystone section, or that of auth_strategy "
                    + "embedded.")
        }
        return RESTComputeEvents(peer: neighbours.peer(.compute))
    }

    /// Throws 400 if limits are configured and there is no identity service for them.
    private static func limits(
        _ section: AcceleratorSettings, _ surroundings: ServiceSurroundings
    ) throws(Fault) -> any ProjectLimits {
        guard section.limits == .unified else { return Unlimited() }
        return UnifiedLimits(
            quota: try surroundings.quota(ofServiceType: room.catalog.type, askedBy: "accelerator.limits"))
    }

    private static func background(
        _ service: AcceleratorService, _ certificates: CertificateKeyring?, _ logger: Logger
    ) -> [BackgroundTask] {
        var tasks = [
            BackgroundTask.repeating("gauges", every: .seconds(30), service.measure) { reason in
                logger.debug("devices could not be counted", metadata: ["error": "\(reason)"])
            },
            BackgroundTask.repeating("old events", every: .seconds(3600), service.forgetOldEvents) { reason in
                logger.warning("old events cannot be removed", metadata: ["error": "\(reason)"])
            },
        ]
        if let certificates {
            tasks.append(BackgroundTask("certificate keys") { await certificates.watch(logger: logger) })
        }
        return tasks
    }
}
