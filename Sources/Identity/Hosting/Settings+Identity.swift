public import Settings

extension ServiceName {
    public static let identity = ServiceName("identity")
}

extension Settings {
    public var identity: IdentitySettings { section(of: .identity) }
}
