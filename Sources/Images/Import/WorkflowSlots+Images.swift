import Workflows

extension WorkflowSlots {
    /// Imports copy data, each for as long as it takes.
    static let images = WorkflowSlots("images", count: 8)
}

extension LockClass {
    /// One import of an image at a time.
    static let imageData = LockClass("images.data")
}
