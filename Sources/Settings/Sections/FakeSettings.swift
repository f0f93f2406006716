/// The fake driver, for trials without hardware.
public struct FakeSettings: Sendable {
    public let devices: Int
    public let accelerators: Int
    public let prepareDelay: Duration
    public let cleanDelay: Duration
    public let fleet: [SettingsValue]
    public let faults: [SettingsValue]
    public let controlFile: String?

    init(_ reader: inout SettingsReader) {
        devices = reader.number("fake.devices", "Devices it makes up on each host.", in: 0...244, default: 1)
        accelerators = reader.number("fake.accelerators", "Attach handles of each device.", in: 1...255, default: 16)
        prepareDelay = reader.duration(
            "fake.prepare_delay", "How long it takes to make a handle attachable; 0s needs no preparation.",
            default: "0s")
        cleanDelay = reader.duration(
            "fake.clean_delay", "How long it takes to clean a handle after use; 0s needs no cleaning.", default: "0s")
        fleet = reader.mappings(
            "fake.fleet",
            "Kinds of devices in place of the reference's: count, accelerators, type, vendor, model, resource_class, traits, numa_node, prepare_delay, clean_delay."
        )
        faults = reader.mappings(
            "fake.faults", "What goes wrong: fault, device, mode, delay, reason; docs/drivers/fake.md.")
        controlFile = reader.optionalText(
            "fake.control_file", "A file of JSON with further faults, read anew at each step; it may come and go.")
    }
}
