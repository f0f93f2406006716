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
        devices = reader.number("fake.devices", "Number of simulated devices on each host.", in: 0...244, default: 1)
        accelerators = reader.number(
            "fake.accelerators", "Number of attach handles of each device.", in: 1...255, default: 16)
        prepareDelay = reader.duration(
            "fake.prepare_delay",
            "How long it takes to prepare a handle for attachment; with 0s it needs no preparation.",
            default: "0s")
        cleanDelay = reader.duration(
            "fake.clean_delay", "How long it takes to clean a handle after use; with 0s it needs no cleaning.",
            default: "0s")
        fleet = reader.mappings(
            "fake.fleet",
            "Kinds of devices in place of the reference's: count, accelerators, type, vendor, model, resource_class, traits, numa_node, prepare_delay, clean_delay."
        )
        faults = reader.mappings(
            "fake.faults", "What fails: fault, device, mode, delay, reason; docs/drivers/fake.md.")
        controlFile = reader.optionalText(
            "fake.control_file",
            "A JSON file with further faults, read at each step; it can be created and removed at any time.")
    }
}
