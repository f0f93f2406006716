import Settings

/// The accelerator service.
struct AcceleratorSettings: Sendable {
    /// Whether limits apply to projects.
    enum Limits: String, Sendable, CaseIterable {
        case off
        /// By the unified limits of the identity service, embedded or a Keystone's.
        case unified
    }

    /// Which images may be loaded onto devices.
    enum ImageSignatures: String, Sendable, CaseIterable {
        /// Signed ones after their signature was verified, and others.
        case ifPresent = "if_present"
        /// Only signed ones.
        case required
    }

    let bindTimeout: Duration
    let bindWait: Duration
    let cleaningTimeout: Duration
    let eventTimeout: Duration
    let hostSilence: Duration
    let auditAge: Duration
    let notifiesCompute: Bool
    let limits: Limits
    let certificateKeys: String?
    let programTimeout: Duration
    let programWait: Duration
    let imageSignatures: ImageSignatures

    init(_ reader: inout SettingsReader) {
        bindTimeout = reader.duration(
            "accelerator.bind_timeout", "How long a host may take to prepare a handle for attachment.", default: "60s")
        bindWait = reader.duration(
            "accelerator.bind_wait",
            "How long the response to a bind waits for the host. Nova's unshelve does not support a longer binding.",
            default: "10s")
        cleaningTimeout = reader.duration(
            "accelerator.cleaning_timeout",
            "How long a host may take to clean a handle; restarted if the host was down. After that the handle is quarantined.",
            default: "15m")
        eventTimeout = reader.duration(
            "accelerator.event_timeout", "How long the event of a bound request is sent to Nova before it is given up.",
            default: "300s")
        hostSilence = reader.duration(
            "accelerator.host_silence", "How long a host may be down before its capacity is withheld in Placement.",
            default: "60s")
        auditAge = reader.duration("accelerator.event_age", "How long events are kept.", default: "90d")
        notifiesCompute = reader.boolean(
            "accelerator.notify_nova",
            "Whether to send Nova the events it waits for; requires a catalog that lists Nova: the one of the section keystone, or of the embedded identity service.",
            default: false)
        limits = reader.choice(
            "accelerator.limits",
            "Whether the identity service's unified limits apply to projects. A resource without a registered limit then has "
                + "the limit 0, so run `kilonova limits register` first.", default: .off)
        programTimeout = reader.duration(
            "accelerator.program_timeout",
            "How long the loading of an image onto a device may take, with its way to the host. After that the device is set aside.",
            default: "15m")
        programWait = reader.duration(
            "accelerator.program_wait",
            "How long the response to a call to program a deployable waits for the host before version 2.6.",
            default: "60s")
        imageSignatures = reader.choice(
            "accelerator.image_signatures",
            "Which images are loaded onto devices: signed ones are always verified first; 'required' refuses all others.",
            default: .ifPresent)
        for (key, value) in [
            ("bind_timeout", bindTimeout), ("program_timeout", programTimeout), ("cleaning_timeout", cleaningTimeout),
            ("event_timeout", eventTimeout),
            ("event_age", auditAge),
        ] where value < .seconds(1) {
            reader.refuse("accelerator.\(key)", "must be 1s or longer")
        }
        certificateKeys = reader.optionalText(
            "accelerator.certificate_keys",
            "Folder of the keys that sign sanitisation certificates; every replica needs the same keys. If it is not set, the "
                + "folder is beside an SQLite database, and on PostgreSQL no certificates are issued.")
    }
}
