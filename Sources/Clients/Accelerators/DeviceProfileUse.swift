public import Model

/// The resource classes that device profiles request, by the profile's name.
public protocol DeviceProfileUse: Sendable {
    func classes() async throws(Fault) -> [String: Set<String>]
}
