/// A way to bring the data of an image that are somewhere already.
enum ImportMethod: String, Codable, Sendable, CaseIterable {
    /// They are in the staging area.
    case direct = "glance-direct"
    /// They are in the web.
    case web = "web-download"
    /// They are in a store, and others want them, too.
    case copy = "copy-image"

    /// What is imported into a queued image; copies leave the image as it is.
    var event: ImageLifecycle.Event? {
        switch self {
        case .direct: .beginImport
        case .web: .fetch
        case .copy: nil
        }
    }
}
