extension StringProtocol {
    /// As a sentence repeats it: at most 80 characters.
    public var shown: String {
        let start = unicodeScalars.prefix(80)
        return start.endIndex == endIndex ? String(self) : "\(String(String.UnicodeScalarView(start)))…"
    }
}
