import Model

/// All that one consumer is to hold from now on; what it held before is given back.
struct ConsumerClaim: Sendable, Equatable {
    let consumer: ConsumerID
    var allocations: [ResourceProviderID: [ResourceClass: Int]]
    var project: String
    var user: String
    /// What sort of thing consumes; nil leaves it as it is.
    var type: String?
    var generation: Expectation

    /// What the consumer's generation must be.
    enum Expectation: Sendable, Equatable {
        /// Before 1.28 nobody asks.
        case any
        /// The consumer must hold nothing yet.
        case absent
        case exactly(Int)
    }
}
