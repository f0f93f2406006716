public import Model

/// Where one accelerator request is to be bound.
public struct AcceleratorBinding: Sendable, Equatable {
    public let request: AcceleratorRequestID
    public let instance: InstanceID
    /// The host of what the instance claimed.
    public let host: HostName
    /// What the instance has an allocation of.
    public let provider: ResourceProviderID
    /// Whose the request is; another project's is refused.
    public let project: ProjectID

    public init(
        request: AcceleratorRequestID, instance: InstanceID, host: HostName, provider: ResourceProviderID,
        project: ProjectID
    ) {
        self.request = request
        self.instance = instance
        self.host = host
        self.provider = provider
        self.project = project
    }
}
