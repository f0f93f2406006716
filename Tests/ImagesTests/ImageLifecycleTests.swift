import Testing

@testable import Images

@Suite struct ImageLifecycleTests {
    /// Every event in every state: where it leads, or nowhere.
    private static let moves: [ImageLifecycle.State: [ImageLifecycle.Event: ImageLifecycle.State]] = [
        .queued: [.upload: .saving, .stage: .uploading, .fetch: .importing],
        .saving: [.stored: .active, .failed: .queued],
        .uploading: [.beginImport: .importing, .failed: .queued],
        .importing: [.stored: .active, .failed: .queued],
        .active: [.deactivate: .deactivated, .reactivate: .active],
        .deactivated: [.deactivate: .deactivated, .reactivate: .active],
    ]

    private static let events: [ImageLifecycle.Event] = [
        .upload, .stage, .beginImport, .fetch, .stored, .failed, .deactivate, .reactivate,
    ]

    @Test(arguments: ImageLifecycle.State.allCases) func `only these events move an image`(
        state: ImageLifecycle.State
    ) {
        for event in Self.events {
            var lifecycle = ImageLifecycle(state: state)
            let actions = lifecycle.apply(event)
            let wanted = Self.moves[state]?[event]
            #expect((actions != nil) == (wanted != nil), "\(event) in \(state)")
            #expect(lifecycle.state == wanted ?? state, "\(event) in \(state)")
        }
    }

    @Test func `data that failed are forgotten, and staged data go when they are stored`() {
        for state in [ImageLifecycle.State.saving, .uploading, .importing] {
            var lifecycle = ImageLifecycle(state: state)
            #expect(lifecycle.apply(.failed) == [.forgetData, .dropStaged])
        }
        var imported = ImageLifecycle(state: .importing)
        #expect(imported.apply(.stored) == [.dropStaged])
        var uploaded = ImageLifecycle(state: .saving)
        #expect(uploaded.apply(.stored) == [])
    }

    @Test func `an image becomes active only by data that are stored`() {
        for state in ImageLifecycle.State.allCases where state != .active && state != .deactivated {
            for event in Self.events where event != .stored {
                var lifecycle = ImageLifecycle(state: state)
                _ = lifecycle.apply(event)
                #expect(lifecycle.state != .active && lifecycle.state != .deactivated, "\(event) in \(state)")
            }
        }
    }

    @Test func `a task ends once`() {
        #expect(TaskStatus.pending.after(.begin) == .processing)
        #expect(TaskStatus.processing.after(.succeed) == .success)
        #expect(TaskStatus.pending.after(.succeed) == nil)
        for ended in [TaskStatus.success, .failure] {
            for event in [TaskStatus.Event.begin, .succeed, .fail] { #expect(ended.after(event) == nil) }
        }
    }
}
