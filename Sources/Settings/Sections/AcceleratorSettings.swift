/// The accelerator service.
public struct AcceleratorSettings: Sendable {
    public let bindTimeout: Duration
    public let eventTimeout: Duration
    public let notifiesCompute: Bool

    init(_ reader: inout SettingsReader) {
        bindTimeout = reader.duration(
            "accelerator.bind_timeout", "How long a host may take to make a handle attachable.", default: "60s")
        eventTimeout = reader.duration(
            "accelerator.event_timeout", "How long Nova is told of a bound request before it is given up.",
            default: "300s")
        notifiesCompute = reader.boolean(
            "accelerator.notify_nova", "Whether to send Nova the events it waits for; needs the keystone section.",
            default: false)
    }
}
