#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A number of `errno` in words.
public enum SystemError {
    /// Such as "Connection refused". Safe: the text is copied before another call of this thread can replace it.
    public static func text(_ number: Int32) -> String {
        unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    }
}
