import Drivers
import Model

/// Which layout a host's providers have, and a conversion that is under way: what must outlive a crash of the agent.
struct LayoutRecord: Sendable, Codable, Equatable {
    /// What Placement holds; nil before anything was offered.
    var current: String?
    /// The layout that a conversion which has not ended goes to.
    var target: String?
    /// An administrator's own reservations, by provider that is new and resource class, noted before anything is moved.
    var reserved: [String: [String: Int]] = [:]
    /// Whether the conversion has moved anything in Placement.
    var isMoved = false

    var currentLayout: ProviderLayout? { current.flatMap(ProviderLayout.init) }
    var targetLayout: ProviderLayout? { target.flatMap(ProviderLayout.init) }

    func reserved(of provider: ResourceProviderID) -> [String: Int]? { reserved[provider.description] }
}
