import Model

/// Everything that one consumer will hold. What it held before is released.
struct ConsumerClaim: Sendable, Equatable {
    let consumer: ConsumerID
    var allocations: [ResourceProviderID: [ResourceClass: Int]]
    var project: String
    var user: String
    /// The consumer's type; nil leaves it unchanged.
    var type: String?
    var generation: Expectation

    /// The required generation of the consumer.
    enum Expectation: Sendable, Equatable {
        /// No requirement, as before version 1.28.
        case any
        /// The consumer must hold nothing yet.
        case absent
        case exactly(Int)
    }
}
