/// An error of a lower room that can be converted into a fault for a client.
public protocol FaultConvertible: Error {
    var fault: Fault { get }
}
