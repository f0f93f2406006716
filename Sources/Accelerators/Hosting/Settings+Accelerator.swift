public import Settings

extension ServiceName {
    public static let accelerator = ServiceName("accelerator")
}

extension Settings {
    var accelerator: AcceleratorSettings { section(of: .accelerator) }
}
