/// A reset that was carried out, and the kernel's method that was used.
public struct FunctionReset: Sendable, Equatable {
    public let function: PCIFunction
    /// `flr`, `bus`, `pm`; nil if the kernel lets no method be chosen and does not report which one it used.
    public let method: String?

    /// For a record.
    public var description: String {
        if let method { return "reset by \(method)" }
        guard !function.resetMethods.isEmpty else { return "reset; this kernel does not name the method" }
        return "reset by one of \(function.resetMethods.joined(separator: ", ")); the kernel does not say which"
    }
}
