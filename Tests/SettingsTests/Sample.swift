import Settings

/// Two services as rooms would declare them; one reads a section.
enum Sample {
    struct Section: Sendable, Equatable {
        let pause: Duration
        let speaks: Bool
    }

    static let first = ServiceName("first")
    static let second = ServiceName("second")

    static let services = [
        ServiceSettings(first, title: "the first service") { reader in
            Section(
                pause: reader.duration("first.pause", "How long it pauses.", default: "60s"),
                speaks: reader.boolean("first.speaks", "Whether it speaks.", default: false))
        },
        ServiceSettings(second, title: "the second") { _ in 0 },
    ]
}
