/// What a check found wrong with what lies in a store.
enum CopyDamage: String, Sendable, CaseIterable {
    /// The store does not have it, or has another number of bytes.
    case missing
    /// Its bytes have another digest.
    case wrong
}
