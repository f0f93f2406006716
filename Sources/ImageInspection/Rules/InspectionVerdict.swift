/// Whether an image may be used as what it is said to be.
public enum InspectionVerdict: Sendable, Equatable {
    /// The size of the disk in bytes, nil where it is unknown.
    case accepted(virtualSize: UInt64?)
    case refused(InspectionRefusal)
}
