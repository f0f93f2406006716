import Model

/// Paths of a Keystone's limits, and the fault if they cannot be read.
enum LimitPath {
    static func query(service: String, region: String?) -> String {
        "service_id=\(service.percentEncoded)" + (region.map { "&region_id=\($0.percentEncoded)" } ?? "")
    }

    static func unclear(_ context: String) -> Fault {
        .unavailable(
            "The limits cannot be read from the identity service at the moment; try again later.",
            context: "identity service: \(context)")
    }
}
