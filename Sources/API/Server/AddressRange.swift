import NIOCore

/// An address or a network in CIDR form, of IPv4 or IPv6.
struct AddressRange: Sendable, Equatable {
    private let bytes: [UInt8]
    private let bits: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        guard let first = parts.first, let bytes = Self.bytes(of: first) else { return nil }
        self.bytes = bytes
        guard parts.count == 2 else {
            bits = bytes.count * 8
            return
        }
        guard let bits = Int(parts[1]), (0...bytes.count * 8).contains(bits) else { return nil }
        self.bits = bits
    }

    func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
        for bit in 0..<bits where (bytes[bit / 8] ^ other[bit / 8]) & (0x80 >> (bit % 8)) != 0 { return false }
        return true
    }

    private static func bytes(of text: String) -> [UInt8]? {
        guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        return address.packed
    }
}

extension SocketAddress {
    fileprivate var packed: [UInt8]? {
        switch self {
        case .v4: return packedText(separator: ".", radix: 10, width: 1)
        case .v6: return expandedV6
        case .unixDomainSocket: return nil
        }
    }

    private func packedText(separator: Character, radix: Int, width: Int) -> [UInt8]? {
        ipAddress?.split(separator: separator).compactMap { UInt8($0, radix: radix) }
    }

    private var expandedV6: [UInt8]? {
        guard let text = ipAddress else { return nil }
        let halves = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        func groups(_ half: String) -> [UInt16] { half.split(separator: ":").compactMap { UInt16($0, radix: 16) } }
        var words = groups(halves[0])
        if halves.count == 2 {
            let tail = groups(halves[1])
            words += Array(repeating: 0, count: max(0, 8 - words.count - tail.count)) + tail
        }
        guard words.count == 8 else { return nil }
        return words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    }
}
