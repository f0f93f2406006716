import Crypto
import FoundationEssentials
import Model
import NIOCore

/// What is known of the bytes of a part before they are sent.
///
/// Safe: the digests read the bytes of a buffer while the closure runs.
struct PartDigest: Sendable {
    /// SHA-256, which the signature covers.
    let signed: String
    /// SHA-256 as the store's own checksum has it.
    let checksum: String
    /// MD5 as the header `Content-MD5` has it.
    let contentMD5: String
    /// MD5 in hexadecimal digits, which is a part's entity tag where the store does not encrypt with keys of its own.
    let entityTag: String

    init(of bytes: ByteBuffer) {
        var long = SHA256()
        var short = Insecure.MD5()
        unsafe bytes.withUnsafeReadableBytes { space in
            unsafe long.update(bufferPointer: space)
            unsafe short.update(bufferPointer: space)
        }
        let (first, second) = (long.finalize(), short.finalize())
        signed = Hexadecimal.text(of: first)
        checksum = Data(first).base64EncodedString()
        contentMD5 = Data(second).base64EncodedString()
        entityTag = Hexadecimal.text(of: second)
    }
}
