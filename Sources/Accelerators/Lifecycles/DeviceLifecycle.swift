/// Whether a device, or a part of it, is there.
///
///     (unknown) ──reported──▶ present ──vanished (free)──▶ (gone)
///                               ▲  └──vanished (held)──▶ missing ──let go──▶ (gone)
///                               └────────reported───────────┘
///
/// A device that vanishes while a tenant holds it stays on record, so that its holder can still be found and its
/// handle given back.
struct DeviceLifecycle: Equatable, Sendable {
    enum Presence: String, Sendable, CaseIterable {
        case present
        case missing
    }

    enum Event: Equatable, Sendable {
        case reported
        case vanished(isHeld: Bool)
        /// Its last holder released it.
        case letGo
    }

    enum Action: Equatable, Sendable {
        case remove
    }

    private(set) var presence: Presence

    init(presence: Presence) {
        self.presence = presence
    }

    mutating func apply(_ event: Event) -> [Action] {
        switch (presence, event) {
        case (_, .reported):
            presence = .present
            return []
        case (_, .vanished(isHeld: true)):
            presence = .missing
            return []
        case (_, .vanished(isHeld: false)), (.missing, .letGo):
            return [.remove]
        case (.present, .letGo):
            return []
        }
    }
}
