/// What a check holds a blob against.
struct CheckedBlob: Sendable, Equatable {
    let store: StoreName
    let blob: BlobName
    /// SHA-512 in hexadecimal digits.
    let digest: String
    /// In bytes.
    let size: Int
    /// What the last check found; nil where it was sound, or was not checked.
    let damage: CopyDamage?

    var copy: CopyBook.Copy { CopyBook.Copy(store: store, blob: blob) }
}
