import Crypto
import Foundation
import Model

/// Ids as hosts make them of names: UUID version 3 in the DNS namespace.
enum NamedID {
    static func make(_ name: String) -> ResourceProviderID? {
        let dns: [UInt8] = [
            0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
        ]
        var hash = Array(Insecure.MD5.hash(data: Data(dns + Array(name.utf8))))
        hash[6] = hash[6] & 0x0f | 0x30
        hash[8] = hash[8] & 0x3f | 0x80
        let digits = hash.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
        return ResourceProviderID(digits)
    }
}
