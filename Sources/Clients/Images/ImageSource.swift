public import Model

/// The image service as far as devices are loaded from it.
public protocol ImageSource: Sendable {
    /// Throws 404 where there is no such image, or none that whoever asks may see; 503 where the service does not say.
    func image(_ id: ImageID, for behalf: Behalf) async throws(Fault) -> SourceImage

    /// Active images with all of these properties, in the service's order.
    ///
    /// - Parameter most: how many are read
    func images(
        with properties: [String: String], most: Int, for behalf: Behalf
    ) async throws(Fault) -> [SourceImage]

    /// Hands the data over as they arrive, and holds them against size and hash of the record: it returns only when they are those,
    /// and hands no byte over that is too many.
    ///
    /// Throws 404 where the image is gone, 403 where whoever asks may not have its data, 502 where they are others than the record
    /// says, 503 where they broke off, and what `take` throws.
    func data(
        of image: ImageID, size: Int, digest: ImageDigest, for behalf: Behalf,
        take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault)
}
