public import FoundationEssentials

/// The source of new identifiers; a parameter, so that tests see the same ids in every run.
public struct IDSource: Sendable {
    private let make: @Sendable () -> UUID

    public init(_ make: @escaping @Sendable () -> UUID) {
        self.make = make
    }

    public static let random = IDSource { UUID() }

    public func next<Kind>(_ kind: Kind.Type = Kind.self) -> UniqueID<Kind> { UniqueID(make()) }

    /// Identity's form: 32 hexadecimal digits without dashes.
    public func nextName<Kind>(_ kind: Kind.Type = Kind.self) -> NameID<Kind> {
        NameID(make().uuidString.lowercased().filter { $0 != "-" })
    }
}
