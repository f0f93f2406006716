/// Mediated devices.
public struct MdevSettings: Sendable {
    public let deviceSpec: [SettingsValue]
    public let creator: Creator
    public let isPersistent: Bool

    public enum Creator: String, Sendable, CaseIterable {
        case agent, nova
    }

    init(_ reader: inout SettingsReader) {
        deviceSpec = reader.mappings(
            "mdev.device_spec",
            "Types to offer: parent, type, resource_class, traits, live_migratable. If it is not set, nothing is offered."
        )
        creator = reader.choice(
            "mdev.mdev_creator", "Who creates a device when its handle is bound: this agent or the compute service.",
            default: Creator.agent)
        isPersistent = reader.boolean(
            "mdev.persistent", "Whether each device is registered with mdevctl, if that is installed.", default: true)
    }
}
