import CCrypt

/// The system's `crypt`: the only place that calls it.
enum Crypt {
    /// The hash of `password` according to `setting`; nil if the library does not support the method or the setting is
    /// malformed.
    ///
    /// `setting` is a salt from `bcryptSetting`, or a complete stored hash, whose method, cost and salt are then used.
    /// Blocks for as long as the cost requires.
    static func hash(_ password: [UInt8], setting: String) -> String? {
        guard !password.contains(0), password.count < Int(CRYPT_MAX_PASSPHRASE_SIZE) else { return nil }
        let size = MemoryLayout<crypt_data>.size
        // Reason: crypt_rn wants 32 KiB of scratch space, zeroed before first use. Safety: the space is this call's own,
        // lives until the end of it, and the result is copied out of it before that. Both texts end in a zero byte.
        return unsafe withUnsafeTemporaryAllocation(byteCount: size, alignment: MemoryLayout<crypt_data>.alignment) {
            space -> String? in
            unsafe space.initializeMemory(as: UInt8.self, repeating: 0)
            let phrase = (password + [0]).map { CChar(bitPattern: $0) }
            let output = unsafe crypt_rn(phrase, setting, space.baseAddress, Int32(size))
            guard let output = unsafe output else { return nil }
            let text = unsafe String(cString: output)
            // The library's scratch space held the password's key schedule.
            unsafe space.initializeMemory(as: UInt8.self, repeating: 0)
            return text.hasPrefix("*") ? nil : text
        }
    }

    /// `$2b$`, the cost as two digits, and 16 bytes of salt in bcrypt's own base64.
    static func bcryptSetting(cost: Int, salt: [UInt8]) -> String {
        let alphabet = Array("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var text = Array("$2b$\(cost < 10 ? "0" : "")\(cost)$".utf8)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in salt {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int(buffer >> UInt32(bits) & 63)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << UInt32(6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
