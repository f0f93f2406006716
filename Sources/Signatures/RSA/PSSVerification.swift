/// Whether a signature is RSA-PSS over a digest (RFC 8017, 9.1.2), with the mask MGF1 by the same hash.
///
/// OpenStack's tools sign with the longest salt that the key allows, and take one of any length. The library verifies only
/// salts as long as the digest, so this is done here; the numbers are all public.
enum PSSVerification {
    static func isValid(
        _ signature: [UInt8], digest: [UInt8], hash: SignatureHash, modulus: OddModulus, exponent: UInt64
    ) -> Bool {
        let bits = modulus.bitCount - 1
        let length = (bits + 7) / 8
        let longestSalt = length - digest.count - 2
        guard longestSalt >= 0, signature.count == modulus.byteCount, let whole = modulus.power(signature, exponent),
            whole.dropLast(length).allSatisfy({ $0 == 0 }), whole.last == 0xbc
        else { return false }
        let encoded = Array(whole.suffix(length))
        let masked = encoded.prefix(longestSalt + 1)
        let sum = Array(encoded.dropFirst(longestSalt + 1).prefix(digest.count))
        let unused = UInt8(8 * length - bits)
        guard masked[0] >> (8 - unused) == 0 else { return false }
        var block = zip(masked, mask(sum, count: masked.count, hash: hash)).map { $0 ^ $1 }
        block[0] &= 0xff >> unused
        // Zeros, a one, the salt.
        guard let mark = block.firstIndex(where: { $0 != 0 }), block[mark] == 1 else { return false }
        let salt = block.dropFirst(mark + 1)
        return hash.digest(of: [UInt8](repeating: 0, count: 8) + digest + salt) == sum
    }

    /// MGF1.
    private static func mask(_ seed: [UInt8], count: Int, hash: SignatureHash) -> [UInt8] {
        var bytes: [UInt8] = []
        var counter: UInt32 = 0
        while bytes.count < count {
            let number = (0..<4).reversed().map { UInt8(truncatingIfNeeded: counter >> (8 * UInt32($0))) }
            bytes += hash.digest(of: seed + number)
            counter += 1
        }
        return Array(bytes.prefix(count))
    }
}
