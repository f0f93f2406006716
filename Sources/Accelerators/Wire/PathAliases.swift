/// The forms of a path that clients send besides the documented one.
enum PathAliases {
    /// Un-versioned paths mean version 2; a `.json` suffix is dropped; openstacksdk doubles the id of the program call.
    static func rewrite(_ path: String) -> String {
        var segments = path.split(separator: "/").map(String.init)
        guard !segments.isEmpty else { return "/" }
        if let last = segments.last, last.hasSuffix(".json"), last.utf8.count > 5 {
            segments[segments.count - 1] = String(last.dropLast(5))
        }
        if segments[0] != "v2" { segments.insert("v2", at: 0) }
        if segments.count == 5, segments[1] == "deployables", segments[3] == "program", segments[4] == segments[2] {
            segments.removeLast()
        }
        return "/" + segments.joined(separator: "/")
    }
}
