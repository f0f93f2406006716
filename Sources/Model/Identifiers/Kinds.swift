// The kinds of identifier. Each is an empty type that only tells identifiers apart.

public enum ResourceProviderKind {}
public enum AggregateKind {}
public enum ConsumerKind {}
public enum DeviceKind {}
public enum DeployableKind {}
public enum AttributeKind {}
public enum AttachHandleKind {}
public enum DeviceProfileKind {}
public enum AcceleratorRequestKind {}
public enum InstanceKind {}
public enum WorkflowKind {}
public enum WorkItemKind {}
public enum ImageKind {}
public enum SecretKind {}

/// A resource provider of Placement.
public typealias ResourceProviderID = UniqueID<ResourceProviderKind>
/// An aggregate of resource providers.
public typealias AggregateID = UniqueID<AggregateKind>
/// The holder of allocations: a server, a migration, a volume.
public typealias ConsumerID = UniqueID<ConsumerKind>
public typealias DeviceID = UniqueID<DeviceKind>
public typealias DeployableID = UniqueID<DeployableKind>
public typealias AttributeID = UniqueID<AttributeKind>
public typealias AttachHandleID = UniqueID<AttachHandleKind>
public typealias DeviceProfileID = UniqueID<DeviceProfileKind>
/// An accelerator request (ARQ).
public typealias AcceleratorRequestID = UniqueID<AcceleratorRequestKind>
/// A server of Nova, as other services identify it.
public typealias InstanceID = UniqueID<InstanceKind>
public typealias WorkflowID = UniqueID<WorkflowKind>
public typealias WorkItemID = UniqueID<WorkItemKind>
public typealias ImageID = UniqueID<ImageKind>
/// A secret in the key manager.
public typealias SecretID = UniqueID<SecretKind>

public enum UserKind {}
public enum ProjectKind {}
public enum DomainKind {}
public enum GroupKind {}
public enum RoleKind {}
public enum CatalogServiceKind {}
public enum CatalogEndpointKind {}
public enum RegionKind {}
public enum LimitKind {}
public enum RegisteredLimitKind {}
public enum ApplicationCredentialKind {}
public enum HostKind {}
public enum RequestKind {}

public typealias UserID = NameID<UserKind>
public typealias ProjectID = NameID<ProjectKind>
public typealias DomainID = NameID<DomainKind>
public typealias GroupID = NameID<GroupKind>
public typealias RoleID = NameID<RoleKind>
public typealias CatalogServiceID = NameID<CatalogServiceKind>
public typealias CatalogEndpointID = NameID<CatalogEndpointKind>
public typealias RegionID = NameID<RegionKind>
public typealias LimitID = NameID<LimitKind>
public typealias RegisteredLimitID = NameID<RegisteredLimitKind>
public typealias ApplicationCredentialID = NameID<ApplicationCredentialKind>
/// The name of a compute host; also the name of its resource provider in Placement.
public typealias HostName = NameID<HostKind>
/// The id of one HTTP request: `req-` and a UUID.
public typealias RequestID = NameID<RequestKind>
