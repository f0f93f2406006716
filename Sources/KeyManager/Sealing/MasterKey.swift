import Crypto
import FoundationEssentials
import Model

enum MasterKeyKind {}
/// The beginning of the SHA-256 of a master key, by which rows name it: two folders never mean different keys by one id.
typealias MasterKeyID = NameID<MasterKeyKind>

/// A key that wraps the keys of payloads.
struct MasterKey: Sendable {
    let id: MasterKeyID
    let key: SymmetricKey

    /// Nil unless there are 32 bytes.
    init?(_ bytes: Data) {
        guard bytes.count == 32 else { return nil }
        id = MasterKeyID(String(Hexadecimal.text(of: SHA256.hash(data: bytes)).prefix(16)))
        key = SymmetricKey(data: bytes)
    }
}
