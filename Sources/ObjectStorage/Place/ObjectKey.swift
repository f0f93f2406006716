public import Model

public enum ObjectKind {}
enum PartedKind {}

/// What an object is called in its bucket: `images/0b6f…`.
public typealias ObjectKey = NameID<ObjectKind>
/// The store's name for an object that arrives in parts.
typealias PartedID = NameID<PartedKind>
