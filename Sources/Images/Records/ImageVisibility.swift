/// Who may see an image besides its owner.
enum ImageVisibility: String, Sendable, CaseIterable {
    /// Everybody, in every list.
    case `public`
    /// Everybody who asks for it.
    case community
    /// Its members.
    case shared
    /// Nobody.
    case `private`
}
