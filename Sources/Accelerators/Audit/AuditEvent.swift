import Conventions
import Model
import Store

/// A recorded change of state: who did what, to which device, for whom.
struct AuditEvent: Sendable, Equatable {
    enum Action: String, Sendable, CaseIterable {
        case requestCreated = "arq.created"
        case bindStarted = "arq.bind_started"
        case bound = "arq.bound"
        case bindFailed = "arq.bind_failed"
        case unbound = "arq.unbound"
        case requestDeleted = "arq.deleted"
        /// The compute service never accepted the event for it; with the reason.
        case computeUntold = "arq.event_untold"
        case handleQuarantined = "handle.quarantined"
        case handleCleaned = "handle.cleaned"
        case handleRetried = "handle.retried"
        case handleReleased = "handle.released"
        case deviceFound = "device.found"
        case deviceMissing = "device.missing"
        /// The device is withdrawn because of its health; with the reason.
        case deviceSick = "device.sick"
        case deviceWell = "device.well"
        /// The device that a request holds is gone from its host, or withdrawn from its group.
        case requestDeviceLost = "arq.device_lost"
        case requestDeviceBack = "arq.device_back"
        case deviceRemoved = "device.removed"
        case deviceEnabled = "device.enabled"
        case deviceDisabled = "device.disabled"
        /// An image is being loaded onto it; the image's id.
        case programmingStarted = "device.programming_started"
        case deviceProgrammed = "device.programmed"
        /// With the reason.
        case programmingFailed = "device.programming_failed"
        case deployableEnabled = "deployable.enabled"
        case deployableDisabled = "deployable.disabled"
        /// Another host's report showed that it does not belong to its host.
        case deployableRemoved = "deployable.removed"
        case hostUp = "host.up"
        case hostDown = "host.down"
        case hostEnabled = "host.enabled"
        case hostDisabled = "host.disabled"
        case hostRemoved = "host.removed"
        case certificatesSetBack = "certificates.set_back"
        case profileCreated = "profile.created"
        case profileDeleted = "profile.deleted"
    }

    let action: Action
    var actor = Actor.system
    /// The owner: the project of the accelerator request.
    var owner: ProjectID?
    var request: AcceleratorRequestID?
    var instance: InstanceID?
    var handle: AttachHandleID?
    var device: DeviceID?
    var host: HostName?
    /// A reason, or the name of something that has no column of its own.
    var detail: String?
}
