/// Looks for one format in the bytes of an image while they pass, and keeps as few of them as it can.
///
/// The result does not depend on how the bytes are cut into chunks: an inspector reads forwards only, and a place that
/// lies before what it has read makes the image malformed.
protocol FormatInspector: Sendable {
    static var format: ImageFormat { get }
    /// The most bytes that it keeps of any image.
    static var memoryBound: Int { get }

    /// The bytes that it keeps now.
    var keptBytes: Int { get }
    /// What is undecided behind the last byte is no match.
    var match: FormatMatch { get }

    /// Takes the chunk that begins at `position` of the image.
    mutating func take(_ chunk: Span<UInt8>, at position: UInt64)

    /// What it found in an image of `size` bytes that has its format.
    func report(size: UInt64) -> FormatReport
}
