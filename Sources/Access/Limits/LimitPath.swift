import Model

/// How paths to a Keystone's limits are written, and what is said where they cannot be read.
enum LimitPath {
    static func query(service: String, region: String?) -> String {
        "service_id=\(escaped(service))" + (region.map { "&region_id=\(escaped($0))" } ?? "")
    }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return escaped
    }

    static func unclear(_ context: String) -> Fault {
        .unavailable(
            "The limits cannot be read from the identity service at the moment; try again later.",
            context: "identity service: \(context)")
    }
}
