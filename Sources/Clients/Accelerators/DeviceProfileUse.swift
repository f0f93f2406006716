public import Model

/// What device profiles ask for: resource classes by the profile's name.
public protocol DeviceProfileUse: Sendable {
    func classes() async throws(Fault) -> [String: Set<String>]
}
