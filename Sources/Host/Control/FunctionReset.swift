/// A reset that was done, and by which of the kernel's methods.
public struct FunctionReset: Sendable, Equatable {
    public let function: PCIFunction
    /// `flr`, `bus`, `pm`; nil where the kernel lets none be chosen and does not say which it took.
    public let method: String?

    /// For a record.
    public var description: String {
        if let method { return "reset by \(method)" }
        guard !function.resetMethods.isEmpty else { return "reset; this kernel does not name the method" }
        return "reset by one of \(function.resetMethods.joined(separator: ", ")); the kernel does not say which"
    }
}
