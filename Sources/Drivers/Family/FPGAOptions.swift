/// What the configuration says of FPGAs.
public struct FPGAOptions: Sendable, Equatable {
    /// By driver, the image that is loaded between two tenants: a path on the host.
    public var cleanImages: [String: String]

    public init(cleanImages: [String: String] = [:]) {
        self.cleanImages = cleanImages
    }
}
