/// An error of a lower room that knows what a client may learn of it.
public protocol FaultConvertible: Error {
    var fault: Fault { get }
}
