public import Model

/// All that one consumer is to hold from now on; what it held before is given back.
public struct AllocationClaim: Sendable, Equatable {
    public let consumer: ConsumerID
    public let allocations: [ResourceProviderID: [ResourceClass: Int]]
    public let project: String
    public let user: String
    /// What sort of thing consumes, such as `INSTANCE`; nil leaves it as it is.
    public let type: String?
    /// The consumer's generation as it was seen; nil where it must hold nothing yet.
    public let generation: Int?

    public init(
        consumer: ConsumerID, allocations: [ResourceProviderID: [ResourceClass: Int]], project: String, user: String,
        type: String?, generation: Int?
    ) {
        self.consumer = consumer
        self.allocations = allocations
        self.project = project
        self.user = user
        self.type = type
        self.generation = generation
    }
}
