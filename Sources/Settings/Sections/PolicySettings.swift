/// Files in oslo.policy's syntax that change rules.
public struct PolicySettings: Sendable {
    public let identity: String?
    public let placement: String?
    public let accelerator: String?
    public let enforcesNewDefaults: Bool

    init(_ reader: inout SettingsReader) {
        identity = reader.optionalText("policy.identity_file", "Policy file of the identity service.")
        placement = reader.optionalText("policy.placement_file", "Policy file of Placement.")
        accelerator = reader.optionalText("policy.accelerator_file", "Policy file of the accelerator service.")
        enforcesNewDefaults = reader.boolean(
            "policy.enforce_new_defaults",
            "Whether only the new defaults apply; false also admits what upstream's legacy defaults admit.",
            default: true)
    }
}
