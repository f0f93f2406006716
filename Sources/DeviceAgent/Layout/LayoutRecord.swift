import Drivers
import Model

/// The layout of a host's providers, and a conversion in progress; this must survive a crash of the agent.
struct LayoutRecord: Sendable, Codable, Equatable {
    /// The layout in Placement; nil before anything was offered.
    var current: String?
    /// The target of a conversion in progress.
    var target: String?
    /// An administrator's own reservations, by new provider and resource class, recorded before anything is moved.
    var reserved: [String: [String: Int]] = [:]
    /// Whether the conversion has moved anything in Placement.
    var isMoved = false

    var currentLayout: ProviderLayout? { current.flatMap(ProviderLayout.init) }
    var targetLayout: ProviderLayout? { target.flatMap(ProviderLayout.init) }

    func reserved(of provider: ResourceProviderID) -> [String: Int]? { reserved[provider.description] }
}
