import Crypto

/// SHA-224 (FIPS 180-4), which the library of the other hashes lacks: SHA-256 from other beginnings, and cut.
struct SHA224: HashFunction {
    typealias Digest = SHA224Digest

    static let blockByteCount = 64

    /// The first 32 bits of the fractions of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]

    private var state: [UInt32] = [
        0xc105_9ed8, 0x367c_d507, 0x3070_dd17, 0xf70e_5939, 0xffc0_0b31, 0x6858_1511, 0x64f9_8fa7, 0xbefa_4fa4,
    ]
    private var schedule = [UInt32](repeating: 0, count: 64)
    /// What does not fill a block yet.
    private var rest: [UInt8] = []
    private var count: UInt64 = 0

    mutating func update(bufferPointer: UnsafeRawBufferPointer) {
        // Safe: the caller's buffer outlives the call, and the span does not leave it.
        let bytes = unsafe Span<UInt8>(_unsafeBytes: bufferPointer)
        count &+= UInt64(bytes.count)
        var index = 0
        if !rest.isEmpty {
            while index < bytes.count, rest.count < Self.blockByteCount {
                rest.append(bytes[index])
                index += 1
            }
            guard rest.count == Self.blockByteCount else { return }
            let block = rest
            compress(block.span, at: 0)
            rest.removeAll(keepingCapacity: true)
        }
        while bytes.count - index >= Self.blockByteCount {
            compress(bytes, at: index)
            index += Self.blockByteCount
        }
        while index < bytes.count {
            rest.append(bytes[index])
            index += 1
        }
    }

    func finalize() -> SHA224Digest {
        var last = self
        var padding = rest
        padding.append(0x80)
        while padding.count % Self.blockByteCount != 56 { padding.append(0) }
        let bits = count &* 8
        for shift in (0..<8).reversed() { padding.append(UInt8(truncatingIfNeeded: bits >> (8 * UInt64(shift)))) }
        for start in stride(from: 0, to: padding.count, by: Self.blockByteCount) {
            last.compress(padding.span, at: start)
        }
        return SHA224Digest(words: Array(last.state.prefix(7)))
    }

    private mutating func compress(_ bytes: Span<UInt8>, at start: Int) {
        for index in 0..<16 {
            let place = start + 4 * index
            schedule[index] =
                UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16 | UInt32(bytes[place + 2]) << 8
                | UInt32(bytes[place + 3])
        }
        for index in 16..<64 {
            let (early, late) = (schedule[index - 15], schedule[index - 2])
            let first = early.rotated(7) ^ early.rotated(18) ^ early >> 3
            let second = late.rotated(17) ^ late.rotated(19) ^ late >> 10
            schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let mix = e.rotated(6) ^ e.rotated(11) ^ e.rotated(25)
            let choice = (e & f) ^ (~e & g)
            let first = h &+ mix &+ choice &+ Self.constants[index] &+ schedule[index]
            let other = a.rotated(2) ^ a.rotated(13) ^ a.rotated(22)
            let majority = (a & b) ^ (a & c) ^ (b & c)
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ other &+ majority)
        }
        for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
    }
}

extension UInt32 {
    /// To the right, by 1 to 31 bits.
    fileprivate func rotated(_ bits: UInt32) -> UInt32 { self >> bits | self << (32 - bits) }
}
