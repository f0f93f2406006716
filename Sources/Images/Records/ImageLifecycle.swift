/// The life of an image, by the wire's names. An image that is deleted has no record any more.
///
///     queued ──upload──▶ saving ─────────────────────stored──▶ active ──deactivate──▶ deactivated
///       ├──────stage───▶ uploading ──beginImport──┐     ▲        ▲ └─────reactivate──────┘
///       └───fetch────────────────▶ importing ◀────┘     │
///                                      └──────stored────┘
///     saving, uploading, importing ──failed──▶ queued
///
/// Pure: event in, actions out. Only `active` and `deactivated` images have data that somebody may read, and both are reached only
/// after the data is durable.
struct ImageLifecycle: Equatable, Sendable {
    enum State: String, Sendable, CaseIterable {
        /// Without data.
        case queued
        /// Data is on its way into a store.
        case saving
        /// Data is on its way into the staging area, or waits there.
        case uploading
        /// Data is brought into stores by a workflow.
        case importing
        case active
        /// With data that only administrators may read.
        case deactivated

        /// Whether the formats of disk and container may still change.
        ///
        /// While data are brought in they are held against what the record says: who changed it then would have data that
        /// were never inspected.
        var takesFormats: Bool { self == .queued }
    }

    enum Event: Equatable, Sendable {
        /// Data comes with a request, into a store.
        case upload
        /// Data comes with a request, into the staging area.
        case stage
        /// Staged data goes into stores.
        case beginImport
        /// Data is fetched from elsewhere.
        case fetch
        /// The data is durable, and its format is accepted.
        case stored
        /// The data did not come, was refused, or is given up.
        case failed
        case deactivate
        case reactivate
    }

    enum Action: Equatable, Sendable {
        /// Size and digests are cleared, and what arrived is dropped.
        case forgetData
        /// What was staged is dropped.
        case dropStaged
    }

    private(set) var state: State

    init(state: State) {
        self.state = state
    }

    /// Nil if the event does not apply to the state; then nothing has changed.
    mutating func apply(_ event: Event) -> [Action]? {
        switch (state, event) {
        case (.queued, .upload):
            state = .saving
            return []
        case (.queued, .stage):
            state = .uploading
            return []
        case (.queued, .fetch), (.uploading, .beginImport):
            state = .importing
            return []
        case (.saving, .stored):
            state = .active
            return []
        case (.importing, .stored):
            state = .active
            return [.dropStaged]
        case (.saving, .failed), (.uploading, .failed), (.importing, .failed):
            state = .queued
            return [.forgetData, .dropStaged]
        case (.active, .deactivate), (.deactivated, .deactivate):
            state = .deactivated
            return []
        case (.active, .reactivate), (.deactivated, .reactivate):
            state = .active
            return []
        default:
            return nil
        }
    }
}
