/// What became of an attempt to load an image onto a device, as the host reports it.
public struct ProgrammingRecord: Sendable, Codable, Equatable {
    /// The id of the logic that the device itself says it has now; nil where it cannot be asked.
    public var logic: String?
    /// Why the image was not loaded; nil if it was.
    public var failure: String?

    public init(logic: String? = nil, failure: String? = nil) {
        self.logic = logic
        self.failure = failure
    }
}
