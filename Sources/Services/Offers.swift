import Synchronization

/// What the services of one process offer those that are built after them, by type.
///
///     offers.offer(LocalPlacementClient(placement), as: (any PlacementClient).self)
///     let placement = offers.find((any PlacementClient).self)
public final class Offers: Sendable {
    private let values = Mutex<[ObjectIdentifier: any Sendable]>([:])

    public init() {}

    /// - Parameter type: the type by which it is found, usually a protocol of `Clients`
    public func offer<Value: Sendable>(_ value: Value, as type: Value.Type) {
        let key = ObjectIdentifier(type)
        values.withLock { $0[key] = value }
    }

    /// Nil if no service offered a value as `type`.
    public func find<Value: Sendable>(_ type: Value.Type) -> Value? {
        let key = ObjectIdentifier(type)
        let found = values.withLock { $0[key] }
        return found as? Value
    }
}
