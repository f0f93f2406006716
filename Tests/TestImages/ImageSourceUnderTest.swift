public import Clients
public import Model

/// A source of images, and what a test must do beside it.
public struct ImageSourceUnderTest: Sendable {
    public let source: any ImageSource
    /// Stores or replaces an image in the service behind it.
    public let put: @Sendable (PlayedImages.Image) -> Void
    public let remove: @Sendable (ImageID) -> Void

    public init(
        source: any ImageSource, put: @escaping @Sendable (PlayedImages.Image) -> Void,
        remove: @escaping @Sendable (ImageID) -> Void
    ) {
        self.source = source
        self.put = put
        self.remove = remove
    }
}
