import Model
import Store

/// An accelerator request (ARQ): one accelerator of one group of a profile, for one instance.
struct AcceleratorRequest: Sendable, Equatable {
    let id: AcceleratorRequestID
    /// The project that created it, or the owner of the instance for which it was bound; never the project that binds
    /// it.
    var project: ProjectID
    let state: RequestLifecycle.State
    let profile: DeviceProfileID
    let profileName: String
    let profileGroup: Int
    let resourceClass: ResourceClass
    let host: HostName?
    let resourceProvider: ResourceProviderID?
    let instance: InstanceID?
    let handle: AttachHandleID?
    /// What its handle attaches; nil while it has none.
    let attachment: Attachment?
    /// The workflow that binds it.
    let binding: WorkflowID?
    let generation: Int64
    /// Why it could not be bound, or that the compute service never accepted its event.
    let reason: String?
    let created: Timestamp
    let updated: Timestamp?

    static let columns: SQL = """
        r.uuid, r.project, r.state, r.profile, p.name, r.profile_group, r.resource_class, r.host, r.resource_provider,
        r.instance, r.handle, h.type, h.info, r.binding, r.generation, r.created_at, r.updated_at,
        r.reason
        """
    static let source: SQL = """
        accelerator_requests r JOIN device_profiles p ON p.uuid = r.profile
        LEFT JOIN attach_handles h ON h.uuid = r.handle
        """
    static let order: SQL = "r.created_at, r.position, r.uuid"

    init(_ row: borrowing Row) throws {
        id = try row[0]
        project = try row[1]
        state = try row.word(2)
        profile = try row[3]
        profileName = try row[4]
        profileGroup = try row[5]
        resourceClass = try row[6]
        host = try row[7]
        resourceProvider = try row[8]
        instance = try row[9]
        handle = try row[10]
        if let type: String = try row[11] {
            attachment = try Attachment(AttachHandleType(rawValue: type), text: try row[12])
        } else {
            attachment = nil
        }
        binding = try row[13]
        generation = try row[14]
        created = try row[15]
        updated = try row[16]
        reason = try row[17]
    }
}
